// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/gate_netlist.h"

#include "mase/support/error.h"

#include <bit>
#include <cassert>

namespace mase {
namespace {

constexpr size_t kCases = 64; // in a word

/// A gate's output as a function of nets.
struct Function {
  LibertyFunction function;
  std::vector<int> from; // nets, in the order of the function's values
  int to;
};

const LibertyCell &cellOf(const Liberty &library, const std::string &name) {
  auto found = library.cells.find(name);
  if (found == library.cells.end())
    fail("the netlist has a cell '{}', which the liberty file has not", name);
  return found->second;
}

std::string parenthesised(const std::string &text) { return "(" + text + ")"; }

/// The function of an output pin in terms of pins: of a flip-flop, what is stored.
std::string functionOf(const LibertyCell &cell, const LibertyPin &pin) {
  if (cell.nextState.empty())
    return pin.function;
  return pin.function == cell.complement ? "!" + parenthesised(cell.nextState) : parenthesised(cell.nextState);
}

std::vector<Function> functionsOf(const GateNetlist &netlist, const Liberty &library) {
  std::vector<Function> functions;
  for (const GateNetlist::Gate &gate : netlist.gates) {
    const LibertyCell &cell = cellOf(library, gate.cell);
    std::map<std::string, int> names;
    std::vector<int> from;
    for (const auto &[pin, net] : gate.pins) {
      names[pin] = static_cast<int>(from.size());
      from.push_back(net);
    }
    for (const auto &[name, net] : gate.pins)
      if (auto pin = cell.pins.find(name); pin != cell.pins.end() && pin->second.output)
        functions.push_back({LibertyFunction(functionOf(cell, pin->second), names), from, net});
  }
  return functions;
}

/// Each behind those that it reads.
std::vector<size_t> ordered(const std::vector<Function> &functions, int nets) {
  std::vector<int> driver(static_cast<size_t>(nets), -1), waits(functions.size(), 0);
  std::vector<std::vector<size_t>> readers(functions.size());
  for (size_t f = 0; f < functions.size(); ++f)
    driver[static_cast<size_t>(functions[f].to)] = static_cast<int>(f);
  std::vector<size_t> order;
  for (size_t f = 0; f < functions.size(); ++f) {
    for (int net : functions[f].from)
      if (int d = driver[static_cast<size_t>(net)]; d >= 0 && net != functions[f].to) {
        readers[static_cast<size_t>(d)].push_back(f);
        ++waits[f];
      }
    if (waits[f] == 0)
      order.push_back(f);
  }
  for (size_t next = 0; next < order.size(); ++next)
    for (size_t reader : readers[order[next]])
      if (--waits[reader] == 0)
        order.push_back(reader);
  if (order.size() != functions.size())
    fail("the netlist has a loop, whose energy has no meaning here");
  return order;
}

} // namespace

GateActivity simulateGates(const GateNetlist &netlist, const Liberty &library,
                           const std::vector<std::vector<bool>> &vectors) {
  assert(!vectors.empty());
  const auto nets = static_cast<size_t>(netlist.nets);
  // What a change of a net costs: the pins on it; and what every cycle costs whatever the data: clocks.
  std::vector<double> cost(nets, 0);
  const double square = library.voltage * library.voltage;
  GateActivity result;
  for (const GateNetlist::Gate &gate : netlist.gates) {
    const LibertyCell &cell = cellOf(library, gate.cell);
    result.area += cell.area;
    for (const auto &[name, net] : gate.pins) {
      auto found = cell.pins.find(name);
      if (found == cell.pins.end())
        continue;
      const LibertyPin &pin = found->second;
      const double change = (pin.output ? 0 : pin.capacitance * square / 2) + pin.internalEnergy;
      if (!cell.nextState.empty() && cell.clock.find(name) != std::string::npos)
        result.energy += 2 * change;
      else
        cost[static_cast<size_t>(net)] += change;
    }
  }

  const std::vector<Function> functions = functionsOf(netlist, library);
  const std::vector<size_t> order = ordered(functions, netlist.nets);
  std::vector<uint64_t> value(nets, 0), arguments;
  std::vector<bool> last(nets, false);
  double energy = 0;
  for (size_t first = 0; first < vectors.size(); first += kCases) {
    const size_t count = std::min(kCases, vectors.size() - first);
    value[1] = ~uint64_t{0};
    for (size_t i = 0; i < netlist.inputs.size(); ++i) {
      uint64_t word = 0;
      for (size_t c = 0; c < count; ++c)
        word |= uint64_t{vectors[first + c][i]} << c;
      value[static_cast<size_t>(netlist.inputs[i])] = word;
    }
    for (size_t f : order) {
      arguments.clear();
      for (int net : functions[f].from)
        arguments.push_back(value[static_cast<size_t>(net)]);
      value[static_cast<size_t>(functions[f].to)] = functions[f].function.evaluate(arguments);
    }
    const uint64_t used = count == kCases ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    for (size_t net = 2; net < nets; ++net) {
      const uint64_t before = value[net] << 1 | (last[net] ? 1 : 0);
      uint64_t changed = (value[net] ^ before) & used;
      if (first == 0)
        changed &= ~uint64_t{1}; // the first vector follows none
      const int toggles = std::popcount(changed);
      energy += toggles * cost[net];
      last[net] = (value[net] >> (count - 1) & 1) != 0;
    }
    for (size_t c = 0; c < count; ++c) {
      std::vector<bool> &output = result.outputs.emplace_back();
      for (int net : netlist.outputs)
        output.push_back((value[static_cast<size_t>(net)] >> c & 1) != 0);
    }
  }
  if (vectors.size() > 1)
    result.energy += energy / static_cast<double>(vectors.size() - 1);
  return result;
}

} // namespace mase
