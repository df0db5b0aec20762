// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where the values of a training step's sequences lie: planned once, so that values which do not live at the same time
/// share memory.
///
/// A value lives from the step that writes it to the last that reads it or a view of it; arguments live from the start.
/// Each is put at the lowest place that is free for its whole life.
#pragma once

#include "mase/runtime/training/training_graph.h"

namespace mase {

struct ValuePlaces {
  std::vector<int> roots;       // for each value: the value whose memory it looks at, or itself
  std::vector<int64_t> offsets; // for each root: elements from the start
  int64_t size = 0;             // elements in all
  int64_t unsharedSize = 0;     // if nothing were shared
};

/// isView  for each step of the sequence: its output is its first input, seen otherwise
ValuePlaces placesOf(const TrainingGraph &graph, const std::vector<bool> &isView);

} // namespace mase
