// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests: linears that are nothing but random words, of widths and numbers that leave gaps in beats.
///
/// A word of 136 bits is 32 elements of 4 bits and a scale, one of 544 bits four of those.
#pragma once

#include "mase/formats/registry.h"
#include "mase/rtl/netlist.h"
#include "mase/support/random.h"

namespace mase::testing_netlist {

inline NetInstance randomLinear(const std::string &name, int64_t bits, int64_t words, uint64_t seed) {
  NetInstance instance{name, {}, 0};
  instance.module.weight = &parseFormat("mxint4"); // a linear is what has one
  Random random(seed);
  instance.module.words = HardwareWords{"w", bits, {}};
  for (int64_t w = 0; w < words; ++w) {
    HexWord word(bits);
    for (int64_t b = 0; b < bits; ++b)
      word.append(random.bits() & 1, 1);
    instance.module.words->words.push_back(word.hexadecimal());
  }
  return instance;
}

/// Three linears, and words of a norm at 1.
inline Netlist randomLinears() {
  Netlist netlist;
  netlist.instances = {randomLinear("layers.0.mlp.up", 136, 101, 1), randomLinear("layers.0.norm", 64, 4, 2),
                       randomLinear("layers.0.mlp.down", 544, 33, 3), randomLinear("head", 20, 9, 4)};
  netlist.instances[1].module.weight = nullptr;
  return netlist;
}

} // namespace mase::testing_netlist
