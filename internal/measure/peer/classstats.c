/* The limit that BenchmarkCityStatistics is held against: per-class n, sum,
 * sum of squares and counts at three lines over the same generated city year,
 * on one thread. Built by the benchmark; no part of the program.
 *
 *   classstats CLASSES COLUMNS REPEATS
 *
 * prints "bare NS", "states NS" (median nanoseconds a score) and "check SUM".
 * "bare" takes every code for a score, which is wrong on this data and only
 * shows how fast a loop without missing values can be; "states" does the job.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
	uint64_t sum, squares;
	uint32_t n, excellent, pass, low;
} stats;

enum { EXCELLENT = 255, PASS = 180, LOW = 90, FIRST_STATE = 0xFFF0 };

static __attribute__((noinline)) void bare(const uint16_t *v, const uint32_t *b, uint32_t classes, stats *out)
{
	for (uint32_t c = 0; c < classes; c++) {
		uint32_t e = 0, p = 0, l = 0, sum = 0, squares = 0;
		for (uint32_t i = b[c]; i < b[c + 1]; i++) {
			uint32_t x = v[i];
			sum += x;
			squares += x * x;
			e += x >= EXCELLENT;
			p += x >= PASS;
			l += x < LOW;
		}
		out[c] = (stats){sum, squares, b[c + 1] - b[c], e, p, l};
	}
}

static __attribute__((noinline)) void states(const uint16_t *v, const uint32_t *b, uint32_t classes, stats *out)
{
	for (uint32_t c = 0; c < classes; c++) {
		uint32_t n = 0, e = 0, p = 0, l = 0, sum = 0, squares = 0;
		for (uint32_t i = b[c]; i < b[c + 1]; i++) {
			uint32_t x = v[i], sat = x < FIRST_STATE, s = sat ? x : 0;
			n += sat;
			sum += s;
			squares += s * s;
			e += sat & (x >= EXCELLENT);
			p += sat & (x >= PASS);
			l += x < LOW;
		}
		out[c] = (stats){sum, squares, n, e, p, l};
	}
}

static uint64_t state = 1;

static uint64_t next(void)
{
	uint64_t z = state += 0x9E3779B97F4A7C15ull;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
	return z ^ (z >> 31);
}

static uint16_t score(void)
{
	uint64_t z = next();
	uint32_t x = (z & 127) + (z >> 7 & 127) + (z >> 14 & 63);
	if ((z >> 40 & 63) == 0)
		return 0xFFFF;
	return x > 300 ? 300 : x;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

typedef void kernel(const uint16_t *, const uint32_t *, uint32_t, stats *);

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	uint32_t classes = atoi(argv[1]), columns = atoi(argv[2]), repeats = atoi(argv[3]);
	uint32_t *b = malloc((classes + 1) * sizeof *b);
	b[0] = 0;
	for (uint32_t c = 0; c < classes; c++)
		b[c + 1] = b[c] + 36 + next() % 16;
	size_t n = b[classes], total = n * columns;
	uint16_t *v = malloc(total * sizeof *v);
	for (size_t i = 0; i < total; i++)
		v[i] = score();
	stats *out = calloc((size_t)classes * columns, sizeof *out);
	double *times = malloc(repeats * sizeof *times);
	struct { const char *name; kernel *run; } job[] = {{"bare", bare}, {"states", states}};
	for (int k = 0; k < 2; k++) {
		for (uint32_t r = 0; r < repeats; r++) {
			struct timespec from, to;
			clock_gettime(CLOCK_MONOTONIC, &from);
			for (uint32_t j = 0; j < columns; j++)
				job[k].run(v + j * n, b, classes, out + (size_t)j * classes);
			clock_gettime(CLOCK_MONOTONIC, &to);
			times[r] = 1e9 * (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec);
		}
		qsort(times, repeats, sizeof *times, ascending);
		printf("%s %.4f\n", job[k].name, times[repeats / 2] / total);
	}
	uint64_t check = 0;
	for (size_t c = 0; c < (size_t)classes * columns; c++)
		check += (out[c].sum + out[c].squares + out[c].n + out[c].excellent + out[c].pass + out[c].low) * (c + 1);
	printf("check %llu\n", (unsigned long long)check);
	return 0;
}
