/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Preloaded into the program under test: its wall clock is $CHAPPE_CLOCK_AHEAD seconds ahead. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define REAL(name) ((__typeof__ (&(name))) dlsym (RTLD_NEXT, #name))

static time_t
get_lead (void)
{
  const char *lead = getenv ("CHAPPE_CLOCK_AHEAD");

  return lead != NULL ? atol (lead) : 0;
}

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  int result = REAL (clock_gettime) (clock, now);

  if (result == 0 && clock == CLOCK_REALTIME)
    now->tv_sec += get_lead ();

  return result;
}

int
gettimeofday (struct timeval *restrict now, void *restrict zone)
{
  int result = REAL (gettimeofday) (now, zone);

  if (result == 0)
    now->tv_sec += get_lead ();

  return result;
}

time_t
time (time_t *now)
{
  struct timespec real;

  clock_gettime (CLOCK_REALTIME, &real);
  if (now != NULL)
    *now = real.tv_sec;

  return real.tv_sec;
}
