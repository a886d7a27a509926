package pgtest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// template is the migrated database that tests get copies of.
type template struct {
	once   sync.Once
	err    error
	mu     sync.Mutex
	copies int
}

const templateName = "template_migrated"

// Database gives a test a database of its own and the address of it. It is a
// copy of a template that the first call on a cluster makes with migrate; all
// calls on one cluster have to pass the same migrate. A nil migrate means an
// empty database. The database is dropped with the test.
func (c *Cluster) Database(t testing.TB, migrate func(url string) error) string {
	t.Helper()
	c.template.once.Do(func() { c.template.err = c.makeTemplate(migrate) })
	if c.template.err != nil {
		t.Fatal(c.template.err)
	}
	name := c.template.next()
	if err := c.execute("CREATE DATABASE " + name + " TEMPLATE " + templateName); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.drop(t, name) })
	return c.URL(name)
}

func (c *Cluster) makeTemplate(migrate func(url string) error) error {
	if err := c.execute("CREATE DATABASE " + templateName); err != nil {
		return err
	}
	if migrate == nil {
		return nil
	}
	if err := migrate(c.URL(templateName)); err != nil {
		return fmt.Errorf("pgtest: migrate the template: %w", err)
	}
	return nil
}

func (m *template) next() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.copies++
	return fmt.Sprintf("test_%d", m.copies)
}

// drop keeps a run with many tests small. A server that the test left stopped
// goes as a whole in a moment.
func (c *Cluster) drop(t testing.TB, name string) {
	t.Helper()
	if c.server == nil {
		return
	}
	if err := c.execute("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
		t.Error(err)
	}
}

// execute runs one administrative statement on a connection of its own.
func (c *Cluster) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	defer conn.Close(ctx) // nothing is left to lose
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("pgtest: %s: %w", statement, err)
	}
	return nil
}
