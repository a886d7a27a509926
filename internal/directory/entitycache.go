package directory

import (
	"sync"
	"time"
)

const (
	// entityFresh is how long an entity is used without asking again. It is
	// most of what bounds how long a change in the catalog goes unseen; a
	// user who was disabled here is refused at once.
	entityFresh = 5 * time.Second
	// entityAge is how long it is used while the catalog does not answer.
	entityAge = 30 * time.Second
	// entityPause is the least time between two questions that fail about
	// one entity that is remembered.
	entityPause = time.Second
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
	fresh time.Time // until when it is used without asking
	ends  time.Time // until when it is used at all
}

func newEntityCache(clock func() time.Time) entityCache {
	return entityCache{clock: clock, entries: map[string]cachedEntity{}}
}

// get gives what is remembered. held says that it may be used when the catalog
// does not answer, fresh that the catalog need not be asked.
func (c *entityCache) get(ref string) (e entity, held, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	known := c.entries[ref]
	held = now.Before(known.ends)
	return known.entity, held, held && now.Before(known.fresh)
}

// put remembers an entity. A full cache first forgets what is too old, and
// everything when that was not enough: forgetting costs one more question.
func (c *entityCache) put(ref string, e entity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	if len(c.entries) >= maxEntities {
		for key, old := range c.entries {
			if !now.Before(old.ends) {
				delete(c.entries, key)
			}
		}
		if len(c.entries) >= maxEntities {
			clear(c.entries)
		}
	}
	c.entries[ref] = cachedEntity{e, now.Add(entityFresh), now.Add(entityAge)}
}

// postpone lets what is remembered be used for a moment without asking again.
func (c *entityCache) postpone(ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.entries[ref]; ok {
		known.fresh = c.clock().Add(entityPause)
		c.entries[ref] = known
	}
}

func (c *entityCache) forget(ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, ref)
}
