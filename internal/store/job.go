package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Job is work that runs later, by whoever claims it.
type Job struct {
	ID       string
	Kind     string
	Args     []byte
	Actor    org.AccountID // who ordered it
	State    JobState
	Attempt  int64
	Due      string // when it may be claimed; of a running job: when its lease ends
	Progress string
}

// JobState says how far a job is.
type JobState string

// A job is claimed when it is queued and due, or when the lease of whoever ran
// it has ended.
const (
	Queued  JobState = "queued"
	Running JobState = "running"
	Done    JobState = "done"
	Failed  JobState = "failed"
)

const jobColumns = "id, kind, args, actor, state, attempt, due, progress"

func scanJob(r *sql.Rows) (j Job, err error) {
	err = r.Scan(&j.ID, &j.Kind, &j.Args, &j.Actor, &j.State, &j.Attempt, &j.Due, &j.Progress)
	return j, err
}

// Enqueue orders work in this change: it exists when the change is committed,
// and its event with it.
func (tx *Tx) Enqueue(ctx context.Context, kind string, where org.Path, args []byte) (Job, error) {
	id, err := tx.newID()
	if err != nil {
		return Job{}, err
	}
	if _, err := tx.record(ctx, change{action: audit.JobEnqueued, id: id, org: where, content: append([]byte(kind+"\n"), args...)}); err != nil {
		return Job{}, err
	}
	j := Job{ID: id, Kind: kind, Args: args, Actor: tx.actor.Account, State: Queued, Due: FormatTime(tx.now)}
	return j, insertJob(ctx, tx.c, j, tx.now)
}

func insertJob(ctx context.Context, c *conn, j Job, now time.Time) error {
	_, err := c.exec(ctx, "INSERT INTO job ("+jobColumns+", at) VALUES ($1, $2, $3, $4, 'queued', 0, $5, '', $6)", j.ID, j.Kind, append([]byte{}, j.Args...), j.Actor, j.Due, FormatTime(now))
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Enqueue orders housekeeping work that no person asked for, due at a moment.
func (k *Keeper) Enqueue(ctx context.Context, part, kind string, args []byte, due time.Time) (Job, error) {
	id, err := k.s.cfg.IDs.Next(k.now)
	if err != nil {
		return Job{}, err
	}
	j := Job{ID: id, Kind: kind, Args: args, Actor: org.System(part).Account, State: Queued, Due: FormatTime(due)}
	return j, insertJob(ctx, k.c, j, k.now)
}

// Claim takes the job that has been due longest and leases it; the fault "not
// found" says that there is none. Whoever does not finish or extend it within
// the lease loses it to another.
func (k *Keeper) Claim(ctx context.Context, lease time.Duration) (Job, error) {
	now := FormatTime(k.now)
	j, err := one(ctx, k.c, scanJob, "SELECT "+jobColumns+" FROM job WHERE state IN ('queued', 'running') AND due <= $1 ORDER BY due, id LIMIT 1", now)
	if err != nil {
		return Job{}, err
	}
	held := j
	held.State, held.Attempt, held.Due = Running, j.Attempt+1, FormatTime(k.now.Add(lease))
	n, err := k.c.exec(ctx, "UPDATE job SET state = 'running', attempt = $1, due = $2, at = $3 WHERE id = $4 AND attempt = $5 AND due = $6", held.Attempt, held.Due, now, j.ID, j.Attempt, j.Due)
	if err != nil {
		return Job{}, fmt.Errorf("claim: %w", err)
	}
	if n != 1 { // another process was faster; the next poll finds the next job
		return Job{}, notFound()
	}
	return held, nil
}

// Extend tells how far a job is and renews its lease. It fails when the lease
// was lost: the caller stops.
func (k *Keeper) Extend(ctx context.Context, j *Job, progress string, lease time.Duration) error {
	due := FormatTime(k.now.Add(lease))
	if err := k.move(ctx, *j, Running, progress, due); err != nil {
		return err
	}
	j.Progress, j.Due = progress, due
	return nil
}

// Finish ends a job as Done or Failed.
func (k *Keeper) Finish(ctx context.Context, j Job, state JobState, progress string) error {
	return k.move(ctx, j, state, progress, j.Due)
}

// Retry gives a job back, to be claimed at due.
func (k *Keeper) Retry(ctx context.Context, j Job, progress string, due time.Time) error {
	return k.move(ctx, j, Queued, progress, FormatTime(due))
}

func (k *Keeper) move(ctx context.Context, j Job, state JobState, progress, due string) error {
	n, err := k.c.exec(ctx, "UPDATE job SET state = $1, progress = $2, due = $3, at = $4 WHERE id = $5 AND state = 'running' AND attempt = $6", state, progress, due, FormatTime(k.now), j.ID, j.Attempt)
	if err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	if n != 1 {
		return stale("job", j.ID)
	}
	return nil
}

// Job returns one job to the account that ordered it.
func (r Reader) Job(ctx context.Context, account org.AccountID, id string) (Job, error) {
	return one(ctx, r.q, scanJob, "SELECT "+jobColumns+" FROM job WHERE id = $1 AND actor = $2", id, account)
}
