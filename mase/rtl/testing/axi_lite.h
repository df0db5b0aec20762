// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests: an AXI4-Lite manager at the registers of a simulated top level.
///
/// Address and data come in any order, and answers are taken late, at random. Between two steps its signals are what
/// registers of a manager would hold.
#pragma once

#include "mase/rtl/netlist_simulation.h"
#include "mase/support/random.h"

#include <cstring>
#include <gtest/gtest.h>

namespace mase::testing_netlist {

class AxiLite {
public:
  struct Answer {
    uint32_t data = 0, response = 0; // 2: SLVERR
    int64_t cycle = 0;               // the first in which it is offered
  };
  AxiLite(NetlistSimulation &simulation, uint64_t seed) : simulation_(simulation), random_(seed) {}

  Answer read(int64_t address) {
    const bool early = rests();
    set("rready", early);
    set("araddr", address);
    hand("arvalid", "arready", !early);
    Answer answer = wait("rvalid", "rready", early);
    answer.data = static_cast<uint32_t>(data_);
    return answer;
  }
  Answer write(int64_t address, uint32_t data, uint32_t strobe = 15) {
    const bool dataFirst = rests();
    bool more = true; // the cycle of the answer is told, so nothing rests in front of it
    for (bool isData : {dataFirst, !dataFirst}) {
      if (isData) {
        set("wdata", data);
        set("wstrb", strobe);
        hand("wvalid", "wready", more);
      } else {
        set("awaddr", address);
        hand("awvalid", "awready", more);
      }
      more = false;
    }
    return wait("bvalid", "bready", false);
  }
  void step(int64_t cycles) {
    for (int64_t i = 0; i < cycles; ++i)
      simulation_.step();
  }

private:
  bool rests() { return random_.below(2) == 0; }
  void set(const char *name, int64_t value) {
    const VerilatedModel::Port port = simulation_.port(0, std::string("s_axil_") + name);
    std::memcpy(port.data, &value, port.bytes);
  }
  uint64_t get(const char *name) const {
    const VerilatedModel::Port port = simulation_.port(0, std::string("s_axil_") + name);
    uint64_t value = 0;
    std::memcpy(&value, port.data, port.bytes);
    return value;
  }
  void hand(const char *valid, const char *ready, bool mayPause = true) {
    for (set(valid, 1); get(ready) == 0;)
      simulation_.step();
    simulation_.step();
    set(valid, 0);
    if (mayPause) // else the answer would be missed
      step(static_cast<int64_t>(random_.below(3)));
  }
  Answer wait(const char *valid, const char *ready, bool isReady) {
    Answer answer;
    while (get(valid) == 0)
      simulation_.step();
    answer.cycle = simulation_.cycle();
    answer.response = static_cast<uint32_t>(get(std::string_view(valid) == "rvalid" ? "rresp" : "bresp"));
    data_ = get("rdata");
    if (!isReady)
      step(static_cast<int64_t>(random_.below(4)));
    EXPECT_EQ(get(valid), 1U) << "an answer holds until it is taken";
    set(ready, 1);
    simulation_.step();
    set(ready, 0);
    return answer;
  }

  NetlistSimulation &simulation_;
  Random random_;
  uint64_t data_ = 0;
};

} // namespace mase::testing_netlist
