package server

import (
	"strconv"

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
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tokenwright_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.durations, m.faults, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts an answer. Routes are mounted patterns, so their number does
// not grow with what strangers send.
func (m *metrics) observe(o web.Observation) {
	route := o.Route
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(o.Status)).Inc()
	m.durations.WithLabelValues(route).Observe(o.Took.Seconds())
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
