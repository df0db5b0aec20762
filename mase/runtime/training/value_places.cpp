// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/training/value_places.h"

#include "mase/runtime/value_memory.h"

#include <algorithm>

namespace mase {
namespace {

constexpr int64_t line = 16; // floats of a cache line

struct Life {
  int first = -1, last = -1; // steps
  int64_t size = 0, offset = 0;
};

std::vector<Life> livesOf(const TrainingGraph &graph, const std::vector<int> &roots, const std::vector<bool> &isView) {
  std::vector<Life> lives(graph.values.size());
  const auto life = [&](int value) -> Life & { return lives[static_cast<size_t>(roots[static_cast<size_t>(value)])]; };
  const auto writes = [&](int value, int step) {
    if (value >= 0 && !graph.values[static_cast<size_t>(value)].ofStep && life(value).first < 0)
      life(value).first = life(value).last = step;
  };
  const auto reads = [&](int value, int step) {
    if (value >= 0 && !graph.values[static_cast<size_t>(value)].ofStep)
      life(value).last = std::max(life(value).last, step);
  };
  for (int argument : graph.arguments)
    writes(argument, 0);
  for (size_t s = 0; s < graph.sequence.size(); ++s) {
    const TrainingStep &step = graph.sequence[s];
    const auto at = static_cast<int>(s);
    for (int input : step.inputs)
      reads(input, at);
    reads(step.by, at);
    if (step.kind == TrainingStep::Kind::gradient)
      reads(step.output, at);
    else if (!isView[s])
      writes(step.output, at);
    for (int gradient : step.inputGradients)
      writes(gradient, at);
  }
  for (size_t v = 0; v < lives.size(); ++v)
    if (lives[v].first >= 0)
      lives[v].size = (elementsOf(graph.values[v].shape, graph.maxRows) + line - 1) / line * line;
  return lives;
}

} // namespace

ValuePlaces placesOf(const TrainingGraph &graph, const std::vector<bool> &isView) {
  ValuePlaces places;
  places.roots.resize(graph.values.size());
  for (size_t v = 0; v < graph.values.size(); ++v)
    places.roots[v] = static_cast<int>(v);
  for (size_t s = 0; s < graph.sequence.size(); ++s)
    if (isView[s])
      places.roots[static_cast<size_t>(graph.sequence[s].output)] =
          places.roots[static_cast<size_t>(graph.sequence[s].inputs[0])];

  std::vector<Life> lives = livesOf(graph, places.roots, isView);
  std::vector<size_t> order;
  for (size_t v = 0; v < lives.size(); ++v)
    if (lives[v].size > 0)
      order.push_back(v);
  // Large values first: small ones fill what is left between them.
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return lives[a].size > lives[b].size; });
  std::vector<const Life *> placed; // by offset
  for (size_t v : order) {
    Life &life = lives[v];
    int64_t at = 0;
    for (const Life *other : placed)
      if (other->first <= life.last && life.first <= other->last) {
        if (other->offset >= at + life.size)
          break;
        at = std::max(at, other->offset + other->size);
      }
    life.offset = at;
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &life,
                                   [](const Life *a, const Life *b) { return a->offset < b->offset; }),
                  &life);
    places.size = std::max(places.size, at + life.size);
    places.unsharedSize += life.size;
  }
  for (const Life &life : lives)
    places.offsets.push_back(life.offset);
  return places;
}

} // namespace mase
