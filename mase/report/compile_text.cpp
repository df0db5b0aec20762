// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/compile_report.h"

#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

std::string line(const std::string &name, const EvalReport &eval) {
  return fmt::format("  {:<22} {:>8.4f} {:>11.3f} {:>9.4f} {:>8.3f}\n", name, eval.result.loss,
                     std::exp(eval.result.loss), eval.result.accuracy, eval.averageBits.all);
}

std::string losses(const CompileReport &r) {
  std::string text = fmt::format("LOSS on {} windows of {} tokens that the search did not see\n"
                                 "  {:<22} {:>8} {:>11} {:>9} {:>8}\n",
                                 r.floatLevel.windows, r.context, "", "nats", "perplexity", "accuracy", "bits");
  text += line("float", r.floatLevel);
  for (const auto &[name, eval] : r.uniform)
    text += line("uniform " + name, eval);
  text += line("searched", r.searched);
  if (r.bitTrue) {
    text += line("searched, all edges", *r.edges);
    text += line("searched, bit-true", *r.bitTrue);
  }
  if (!r.passes.empty())
    text += fmt::format("  Weights changed by passes: {}; \"searched\" has them, \"uniform\" has none.\n", r.passes);
  const PairedGain gain = pairedGain(r.trialZero.result.windowLosses, r.searched.result.windowLosses);
  text += fmt::format(
      "  The searched assignment is {:.4f} +- {:.4f} nats {} uniform {} (paired windows, one standard error).\n",
      std::abs(gain.mean), gain.standardError, gain.mean >= 0 ? "under" : "OVER", r.trialZeroName);
  text += fmt::format(
      "  {} trials ({}) on {} other windows, budget {} bits; best: trial {}; weights {:.3f} bits, inputs {:.3f}.\n",
      r.trials, r.sampler, r.searchWindows, r.budget, r.bestTrial, r.searched.averageBits.weights,
      r.searched.averageBits.activations);
  return text;
}

std::string front(const CompileReport &r) {
  std::string text = "\nFRONT of the study (loss on the search's windows)\n";
  for (const FrontPoint &point : r.front)
    text += fmt::format("  {:>6.3f} bits  {:.4f} nats  trial {}\n", point.averageBits, point.searchLoss, point.trial);
  return text;
}

std::string mapping(const CompileReport &r) {
  return fmt::format("\nHARDWARE at {:.0f} MHz (errors: cross-validation of the area models)\n{}{}", r.map.clockMhz,
                     describe(r.map), tableOfKinds(r.map) + "\n" + mase::table(r.map));
}

std::string verification(const CompileReport &r) {
  std::string text = "\nVERIFICATION in Verilator against the integer model, random stalls on every stream\n";
  if (r.linears) {
    const SimulationResult &s = *r.linears;
    int64_t predicted = 0;
    for (const LinearSimulation &linear : s.linears)
      predicted += linear.cyclesPredicted;
    text += fmt::format("  linears, each alone: {} operators, {} vectors, {} MISMATCHES\n"
                        "  without stalls: {} cycles, predicted {}, worst linear off by {:.2f} %\n",
                        s.operators, s.vectors, s.mismatches, s.cycles, predicted, 100 * worstCycleError(s));
    if (!s.firstDifference.empty())
      text += "  first difference: " + s.firstDifference + "\n";
  }
  if (r.whole) {
    const ModelSimulationResult &s = *r.whole;
    text += fmt::format("  the whole model: {} modules of {} kinds, {} tokens, {} beats, {} MISMATCHES\n"
                        "  without stalls: {} cycles, predicted {}\n",
                        s.operators, s.kinds, s.tokens, s.beats, s.mismatches, s.cycles, s.predictedCycles);
    if (!s.firstDifference.empty())
      text += "  first difference: " + s.firstDifference + "\n";
  }
  return text;
}

std::string formats(const CompileReport &r) {
  std::string text = fmt::format("\nFORMATS of linears\n  {:<34} {:>12} {:>12}\n", "", "weight", "input");
  for (size_t i = 0; i + 1 < r.slots.size(); i += 2)
    text += fmt::format("  {:<34} {:>12} {:>12}\n", r.slots[i].module, r.assignment[i]->name(),
                        r.assignment[i + 1]->name());
  return text;
}

} // namespace

std::string toText(const CompileReport &r) {
  std::string text = fmt::format("MASE: {} from {}\n\n", r.model, r.data);
  text += losses(r) + front(r) + mapping(r) + verification(r) + "\nSYNTHESIS of one linear\n  " +
          describe(r.synthesis) + formats(r);
  text += "\nTIME\n ";
  for (const auto &[phase, seconds] : r.seconds)
    text += fmt::format(" {} {:.1f} s", phase, seconds);
  return text + "\n";
}

} // namespace mase
