// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A training step ready to run: kernels, planned memory, moments of weights.
///
/// `run` computes the losses of a batch and the gradients of all weights; `update` changes the weights, in the memory
/// that the graph's constants look at. Sequences run in parallel, one a thread; gradients are added in their order, so
/// that every bit is the same on any number of threads.
#pragma once

#include "mase/ops/adamw/adamw.h"
#include "mase/ops/gradient_registry.h"
#include "mase/runtime/training/training_graph.h"
#include "mase/runtime/training/turns.h"

namespace mase {

/// A sequence to learn from. Targets: one for each row of the logits.
struct TrainingExample {
  std::span<const int32_t> ids, targets, tokenTypes;
};

/// Writes the graph's arguments for sequence `i`: called by the thread that runs the sequence.
using FillArguments = std::function<void(size_t i, std::span<const TensorView> arguments)>;

struct BatchLoss {
  std::vector<double> losses; // for each loss, in order: the sum of rows, times their weights
  double total() const {
    double sum = 0;
    for (double loss : losses)
      sum += loss;
    return sum;
  }
};

class TrainingPlan {
public:
  explicit TrainingPlan(TrainingGraph graph);
  TrainingPlan(TrainingPlan &&) = default;

  const TrainingGraph &graph() const { return graph_; }
  /// Losses and gradients at the weights as they are. Ids are in the vocabulary, sequences no longer than maxRows.
  BatchLoss run(std::span<const TrainingExample> batch, const FillArguments &fill);
  /// The norm of all weights' gradients together, as run left them.
  double gradientNorm() const;
  /// Changes the weights.
  void update(const AdamWSettings &settings);

  /// The weights that updates change, in order, with their gradients and moments.
  struct Parameter {
    std::string name;
    MatrixView values;
    bool decays = false;
    ConstMatrixView gradient;
    std::vector<float> *m = nullptr, *v = nullptr;
  };
  std::vector<Parameter> parameters();

  /// Memory for the values of one sequence in progress, and what it would be without sharing.
  int64_t sequenceBytes() const { return 4 * arenaSize_; }
  int64_t unsharedBytes() const { return 4 * unsharedSize_; }

private:
  struct Compiled {
    std::unique_ptr<Kernel> kernel;
    std::unique_ptr<GradientKernel> gradient;
    std::unique_ptr<LossKernel> loss;
    size_t place = 0; // of the turns, where it adds to weights' gradients
    bool isView = false;
    int level = 0; // of the steps behind all sequences: after those of lower ones
  };
  struct Lane {
    std::vector<float> memory;
    std::vector<TensorView> views;
  };
  struct Moments {
    std::vector<float> m, v;
  };
  Compiled compile(const TrainingStep &step);
  void placeValues();
  void prepare();
  void shape(Lane &lane, int64_t rows) const;
  void runSequence(Lane &lane, size_t i, const TrainingExample &example, Turns &turns,
                   std::vector<double> &losses) const;
  void runGradient(const TrainingStep &step, const Compiled &compiled, Lane *lane, const TrainingExample &example,
                   const std::function<void(const std::function<void()> &)> &inOrder) const;
  TensorView view(const Lane *lane, int value) const;
  void runStepLevel(int level);

  TrainingGraph graph_;
  std::vector<Compiled> sequence_, step_;
  std::vector<int> rootOf_;
  std::vector<int64_t> offset_; // of a root that belongs to a sequence, within its memory
  int64_t arenaSize_ = 0, unsharedSize_ = 0;
  size_t places_ = 0, losses_ = 0;
  int levels_ = 0;
  std::vector<std::vector<float>> gradients_; // of values of the step
  std::vector<Moments> moments_;              // of the updates
  std::vector<std::unique_ptr<Lane>> lanes_;
};

} // namespace mase
