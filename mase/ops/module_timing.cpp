// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/module_timing.h"

#include "mase/formats/format.h"

#include <algorithm>

namespace mase {

int64_t latencyBeside(const ModuleTiming &timing, int64_t position) {
  int64_t fill = 0;
  for (const InputTiming &input : timing.inputs)
    if (input.slots > 0 && input.use != InputTiming::Use::opener)
      fill = std::max(fill, input.opening + input.unit * (input.grows ? position / timing.keys + 1 : 1));
  const QueueTiming &queue = timing.queue;
  const int64_t held = queue.capacity > 0 ? queue.delay + queue.block - 1 : 0;
  return fill + timing.stages + held + queue.registers;
}

ModuleTiming beatwise(int64_t stages, const QueueTiming &queue) {
  ModuleTiming timing;
  timing.inputs = {{.slots = 0, .use = InputTiming::Use::taken}};
  timing.phases = {{.gives = WorkPhase::Gives::every, .takes = 0}};
  timing.stages = stages;
  timing.queue = queue;
  return timing;
}

int64_t repeatsOf(const ModuleTiming &timing, const WorkPhase &phase, int64_t position) {
  if (phase.growth == WorkPhase::Growth::none)
    return phase.repeat;
  const int64_t all = position / timing.keys + 1;
  const int64_t blocks = (all + timing.block - 1) / timing.block * timing.block;
  switch (phase.growth) {
  case WorkPhase::Growth::before:
    return phase.repeat * (all - 1);
  case WorkPhase::Growth::blocks:
    return phase.repeat * blocks;
  case WorkPhase::Growth::rest:
    return phase.repeat * (blocks - all);
  default:
    return phase.repeat * all;
  }
}

int64_t rowTicks(const ModuleTiming &timing, int64_t position) {
  int64_t ticks = 0;
  for (const WorkPhase &phase : timing.phases)
    ticks += repeatsOf(timing, phase, position) * phase.ticks;
  return ticks * timing.jobs * timing.loops;
}

QueueTiming castQueue(const Format &output, int64_t tile) {
  if (output.scaleBits() == 0)
    return {.capacity = 4, .block = 1, .delay = 2, .registers = 1};
  const int64_t block = std::max<int64_t>(1, 32 / tile);
  return {.capacity = std::max<int64_t>(8, 2 * block), .block = block, .delay = 2, .registers = 2};
}

} // namespace mase
