/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device for the benchmarks of encryption: its store and its machine, as the account thread has
 * them, and what a sync does to them. */
#pragma once

#include "bench.h"

#include "mx-olm-machine.h"
#include "mx-store-sync.h"

#define OWN_ID     "@agent:bench.test"
#define OWN_DEVICE "BENCHMARK"
#define ROOM_ID    "!salon:bench.test"

typedef struct
{
  char *path;
  MxSecret *key;
  MxStore *store;
  MxOlmMachine *machine;
  MxStoreChanges *changes; /* of the last transaction */
} BenchDevice;

void bench_check (const GError *error); /* any is the end */

void bench_device_open (BenchDevice *self, const char *folder); /* a new one */
void bench_device_close (BenchDevice *self);
void bench_device_begin (BenchDevice *self);
void bench_device_commit (BenchDevice *self);
/* What the account thread does with an answer of /sync. */
void bench_device_sync (BenchDevice *self, GBytes *reply);
/* The encrypted room ROOM_ID with us and further members (char*), all known. */
void bench_device_enter (BenchDevice *self, GPtrArray *members);

/* An answer about ROOM_ID: JSON texts of state and of timeline events, joined by commas. */
GBytes *bench_reply (const char *state, const char *timeline);
