package verify

// UseUpSegments leaves the cache of a verifier that has cached nothing yet this
// many segments of records, as if the others had been used.
func UseUpSegments(v *Verifier, left uint32) {
	a := v.cache.arena
	a.mu.Lock()
	defer a.mu.Unlock()
	a.newest = lastSegment - left
	a.oldest.Store(a.newest)
}
