/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the benchmark programs share: CPU time (busy neighbours matter less than with wall time),
 * medians, and one line of JSON per figure for tests/bench/run. */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double
bench_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static inline double
bench_wall (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static inline int
bench_compare (const void *a, const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

static inline double
bench_median (double *values, gsize count)
{
  qsort (values, count, sizeof *values, bench_compare);
  return values[count / 2];
}

/* Resident memory in MiB. */
static inline double
bench_resident (void)
{
  long pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  if (file == NULL || fscanf (file, "%*s %ld", &pages) != 1)
    pages = 0;
  if (file != NULL)
    fclose (file);
  return pages * 4096.0 / 1048576;
}

static inline void
bench_report (const char *name, double value, const char *unit)
{
  printf ("{\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"}\n", name, value, unit);
  fflush (stdout);
}

/* Median CPU milliseconds of RUNS runs of the statement. */
#define BENCH_MEDIAN(runs, result, ...)                                                            \
  double result;                                                                                   \
  {                                                                                                \
    double values_[runs];                                                                          \
    for (gsize run_ = 0; run_ < (runs); run_++)                                                    \
      {                                                                                            \
        double begun_ = bench_cpu ();                                                              \
        __VA_ARGS__;                                                                               \
        values_[run_] = bench_cpu () - begun_;                                                     \
      }                                                                                            \
    result = bench_median (values_, (runs));                                                       \
  }
