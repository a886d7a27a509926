package audit

import (
	"context"
	"fmt"
)

// Part is how far a verification in parts has come.
type Part struct {
	// Reached is the size and the root of the tree over what was read so far.
	// The next part goes on behind it.
	Reached Head
	// Head is the end of the log as this part found it.
	Head Head
	// Done says that the end was reached: the log is whole.
	Done bool
}

// VerifyPart is [Verify] for whoever has to answer in between: it reads at most
// limit entries behind what the part before it has reached, nil for the first
// part. Keys and checkpoints must be the same for all parts.
//
// A root stands for everything below it. So it is enough to carry size and root
// from part to part, and the last part says as much as Verify: the log up to the
// head that it finds, which may be newer than that of the first. Errors are
// those of Verify.
func VerifyPart(ctx context.Context, log Reader, opts VerifyOptions, after *Head, limit int64) (Part, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return Part{}, err
	}
	if err := checkSigned(head, opts.Keys); err != nil {
		return Part{}, err
	}
	wanted, err := openCheckpoints(opts, head)
	if err != nil {
		return Part{}, err
	}
	from, err := resume(ctx, log, after, head)
	if err != nil {
		return Part{}, err
	}
	walk := walker{
		log: log, keys: opts.Keys, head: head, wanted: wanted, progress: opts.Progress,
		until: min(head.Size, from.Size()+limit), edge: from,
	}
	if err := walk.run(ctx); err != nil {
		return Part{}, err
	}
	reached := Head{Origin: head.Origin, Size: walk.edge.Size(), Root: walk.edge.Root()}
	return Part{Reached: reached, Head: head, Done: reached.Size == head.Size}, nil
}

// resume reads the edge that a part has reached. Whatever has the root is the
// edge: nobody finds another with the same.
func resume(ctx context.Context, log NodeReader, after *Head, head Head) (Edge, error) {
	if after == nil {
		return Edge{}, nil
	}
	if after.Size > head.Size {
		return Edge{}, fmt.Errorf("%w: %d entries were read, and now the log has only %d", ErrTampered, after.Size, head.Size)
	}
	edge, err := ReadEdge(ctx, log, after.Size)
	if err != nil {
		return Edge{}, err
	}
	if edge.Root() != after.Root {
		return Edge{}, fmt.Errorf("%w: the tree of the first %d entries has another root than when they were read", ErrTampered, after.Size)
	}
	return edge, nil
}
