package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
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
	Result   Blob // what a finished job made, zero if nothing
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

const jobColumns = "id, kind, args, actor, state, attempt, due, progress, result_sha, result_name, result_size"

func scanJob(r *sql.Rows) (j Job, err error) {
	err = r.Scan(&j.ID, &j.Kind, &j.Args, &j.Actor, &j.State, &j.Attempt, &j.Due, &j.Progress, &j.Result.SHA, &j.Result.Name, &j.Result.Size)
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
	_, err = tx.q.exec(ctx, "INSERT INTO job ("+jobColumns+", at) VALUES ($1, $2, $3, $4, 'queued', 0, $5, '', '', '', 0, $5)", j.ID, j.Kind, append([]byte{}, args...), j.Actor, j.Due)
	if err != nil {
		return Job{}, fmt.Errorf("enqueue: %w", err)
	}
	return j, nil
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
	next := *j
	next.Progress, next.Due = progress, due
	if err := k.move(ctx, next, Running); err != nil {
		return err
	}
	*j = next
	return nil
}

// Finish ends a job as Done or Failed. result, which may be zero, is what it
// made: a stored blob under the name that whoever ordered it downloads it by. It
// is kept as long as the job, a month.
func (k *Keeper) Finish(ctx context.Context, j Job, state JobState, progress string, result Blob) error {
	j.Progress, j.Result = progress, result
	return k.move(ctx, j, state)
}

// Retry gives a job back, to be claimed at due.
func (k *Keeper) Retry(ctx context.Context, j Job, progress string, due time.Time) error {
	j.Progress, j.Due = progress, FormatTime(due)
	return k.move(ctx, j, Queued)
}

func (k *Keeper) move(ctx context.Context, j Job, state JobState) error {
	n, err := k.c.exec(ctx, `UPDATE job SET state = $1, progress = $2, due = $3, result_sha = $4, result_name = $5, result_size = $6, at = $7
		WHERE id = $8 AND state = 'running' AND attempt = $9`, state, j.Progress, j.Due, j.Result.SHA, j.Result.Name, j.Result.Size, FormatTime(k.now), j.ID, j.Attempt)
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

// Jobs returns the jobs that an account ordered, the newest first. The key of a
// page is the id of its last job.
func (r Reader) Jobs(ctx context.Context, account org.AccountID, page Page) ([]Job, error) {
	var w where
	w.and("actor = %s", account)
	if page.After != "" {
		w.and("id < %s", page.After)
	}
	jobs, err := list(ctx, r.q, scanJob, "SELECT "+jobColumns+" FROM job"+w.String()+" ORDER BY id DESC LIMIT "+w.arg(page.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return jobs, nil
}

// Underway returns the jobs of a kind with these very arguments that wait or run,
// whoever ordered them. It knows no scope: whoever is told of them must be allowed to
// see what they are about, and what they make is their orderer's alone (Job).
func (r Reader) Underway(ctx context.Context, kind string, args []byte) ([]Job, error) {
	jobs, err := list(ctx, r.q, scanJob, "SELECT "+jobColumns+" FROM job WHERE state IN ('queued', 'running') AND kind = $1 AND args = $2 ORDER BY id", kind, append([]byte{}, args...))
	if err != nil {
		return nil, fmt.Errorf("jobs under way: %w", err)
	}
	return jobs, nil
}

// OpenResult opens what a job made, for the account that ordered it.
func (s *Store) OpenResult(ctx context.Context, account org.AccountID, id string) (io.ReadCloser, Blob, error) {
	j, err := s.Job(ctx, account, id)
	if err == nil && j.Result.SHA == "" {
		err = notFound()
	}
	if err != nil {
		return nil, Blob{}, err
	}
	f, err := os.Open(s.blobPath(j.Result.SHA))
	if err != nil {
		return nil, Blob{}, fmt.Errorf("open result: %w", err)
	}
	return f, j.Result, nil
}
