// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/stream_cycles.h"

#include <algorithm>
#include <bit>

namespace mase {
namespace {

/// The cast's part of a latency beside what F counts (S5).
int64_t castWait(int64_t tile, const Format &output) {
  return output.scaleBits() == 0 ? -1 : std::max<int64_t>(1, 32 / tile) - 1;
}

StreamCycles beatByBeat(int64_t features, int64_t tile, const Format &output, int64_t stages) {
  return {features / tile, stages + castWait(tile, output)};
}

} // namespace

StreamCycles addCycles(int64_t features, int64_t tile, const Format &output) {
  return beatByBeat(features, tile, output, 8);
}

StreamCycles mulCycles(int64_t features, int64_t tile, const Format &output) {
  return beatByBeat(features, tile, output, 7);
}

StreamCycles castCycles(int64_t features, int64_t tile, const Format &output) {
  return beatByBeat(features, tile, output, 5);
}

StreamCycles gateCycles(int64_t features, int64_t tile, const Format &output) {
  return beatByBeat(features, tile, output, 11);
}

StreamCycles normCycles(Centering centering, int64_t features, int64_t tile, const Format &output) {
  const int64_t beats = features / tile;
  const bool centers = centering == Centering::mean;
  return {(centers ? 3 : 2) * beats + (centers ? 21 : 15), beats + 12 + castWait(tile, output)};
}

StreamCycles ropeCycles(int64_t groupFeatures, int64_t features, int64_t tile, const Format &output) {
  return {features / tile, groupFeatures / tile + 11 + castWait(tile, output)};
}

StreamCycles embeddingCycles(int64_t features, int64_t tile) { return {features / tile, 3}; }

StreamCycles argmaxCycles(int64_t features, int64_t tile) {
  return {features / tile, static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(tile - 1))) + 3};
}

StreamCycles rowFifoCycles(int64_t beats) { return {beats, 2}; }

StreamCycles rowFilterCycles(int64_t beats) { return {beats, 2}; }

StreamCycles resizeCycles(int64_t features, int64_t tileIn, int64_t tileOut) {
  return {features / std::min(tileIn, tileOut), 2};
}

StreamCycles controlCycles() { return {1, 2}; }

} // namespace mase
