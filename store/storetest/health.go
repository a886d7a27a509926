package storetest

import "time"

func healthBehaviours() []behaviour {
	return []behaviour{{"the database tells its schema and its clock", tellsItsHealth}}
}

func tellsItsHealth(r *rig) {
	before := time.Now()
	h, err := r.store.Health(r.ctx)
	r.must(err)
	if h.SchemaVersion < 1 {
		r.Errorf("schema %d, want the number of a migration", h.SchemaVersion)
	}
	if h.Now.Before(before.Add(-2*time.Second)) || h.Now.After(time.Now().Add(2*time.Second)) || h.Now.Location() != time.UTC {
		r.Errorf("the clock says %v, and it is %v", h.Now, before)
	}
}
