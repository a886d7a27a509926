-- name: TakeTurn :exec
-- Waits until no other transaction holds the row, and holds it.
INSERT INTO turns (name, taken) VALUES (@name, 1)
ON CONFLICT (name) DO UPDATE SET taken = turns.taken + 1;
