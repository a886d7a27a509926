package directory

import (
	"sync"
	"time"
)

const (
	// entityAge bounds how long a change in the catalog goes unseen.
	entityAge = 30 * time.Second
	// maxEntities bounds the memory of the cache.
	maxEntities = 10_000
)

// entityCache remembers entities that exist. It is safe for concurrent use.
type entityCache struct {
	clock func() time.Time

	mu      sync.Mutex
	entries map[string]cachedEntity
}

type cachedEntity struct {
	entity
	until time.Time
}

func newEntityCache(clock func() time.Time) entityCache {
	return entityCache{clock: clock, entries: map[string]cachedEntity{}}
}

func (c *entityCache) get(ref string) (entity, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[ref]
	return e.entity, ok && c.clock().Before(e.until)
}

// put remembers an entity. A full cache first forgets what is too old, and
// everything when that was not enough: forgetting costs one more question.
func (c *entityCache) put(ref string, e entity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	if len(c.entries) >= maxEntities {
		for key, old := range c.entries {
			if !now.Before(old.until) {
				delete(c.entries, key)
			}
		}
		if len(c.entries) >= maxEntities {
			clear(c.entries)
		}
	}
	c.entries[ref] = cachedEntity{e, now.Add(entityAge)}
}
