package server

import (
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/tokenwright/tokenwright/internal/web"
)

// metrics is what this node counts. It has a registry of its own, so that two
// nodes in one process do not share counters.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	faults    *prometheus.CounterVec
	replaced  prometheus.Counter
	// answers remembers the counters of the answers that were given, so that a
	// request does not look them up by labels: by answered, *counters. Routes
	// and statuses are few.
	answers sync.Map
}

// answered is what answers are counted by.
type answered struct {
	route  string
	status int
}

type counters struct {
	requests prometheus.Counter
	duration prometheus.Observer
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tokenwright_http_requests_total", Help: "Answered requests by route and status.",
		}, []string{"route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tokenwright_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9),
		}, []string{"route"}),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tokenwright_background_faults_total", Help: "Failed rounds of background work, by sort of work.",
		}, []string{"work"}),
		replaced: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tokenwright_log_replaced_total", Help: "Times the log was found to have lost entries that this node had read.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tokenwright_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.durations, m.faults, m.replaced, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts an answer.
func (m *metrics) observe(o web.Observation) {
	key := answered{o.Route, o.Status}
	known, ok := m.answers.Load(key)
	if !ok {
		known, _ = m.answers.LoadOrStore(key, m.countersOf(key))
	}
	c := known.(*counters) //nolint:errcheck // nothing else is stored
	c.requests.Inc()
	c.duration.Observe(o.Took.Seconds())
}

// countersOf finds counters by their labels. Routes are mounted patterns, so
// their number does not grow with what strangers send.
func (m *metrics) countersOf(key answered) *counters {
	route := key.route
	if route == "" {
		route = "none"
	}
	return &counters{
		requests: m.requests.WithLabelValues(route, strconv.Itoa(key.status)),
		duration: m.durations.WithLabelValues(route),
	}
}

// watch shows whether the log is heard.
func (m *metrics) watch(heard func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tokenwright_feed_heard", Help: "1 while the log was heard within the lease, else 0.",
	}, func() float64 {
		if heard() {
			return 1
		}
		return 0
	}))
}

// crowd shows how many connections are open, and gives what counts those that
// were not let in.
func (m *metrics) crowd(open func() int) (turnedAway func(why string)) {
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tokenwright_connections_refused_total", Help: "Connections that were closed at once, by which limit was reached.",
	}, []string{"limit"})
	m.registry.MustRegister(refused, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tokenwright_connections", Help: "Open connections of the public listener.",
	}, func() float64 { return float64(open()) }))
	return func(why string) { refused.WithLabelValues(why).Inc() }
}
