// Package ops tells operators and load balancers how this process is doing.
//
// On the public listener there are two paths and no more. "/healthz" says that
// the process runs. "/readyz" says whether it can do its work, and which part
// cannot; why it cannot stands in the log, because the reason may name hosts
// and files and strangers may ask.
//
// Metrics and profiles come from [Handler], which is served on a listener of
// its own and never on the public one (row J-07).
package ops
