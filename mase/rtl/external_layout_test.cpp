// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Words of linears in an external memory: how they lie there, and which (docs/streams.md, S15).
#include "mase/rtl/external_layout.h"

#include "mase/rtl/memory_model.h"
#include "mase/rtl/packaging.h"
#include "mase/rtl/testing/random_linears.h"
#include "mase/support/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

namespace mase {
namespace {

using testing_netlist::randomLinear;
using testing_netlist::randomLinears;

ExternalPort port(int64_t dataBits) {
  ExternalPort made;
  made.dataBits = dataBits;
  made.burst = 4096 / made.beatBytes() < 16 ? 8 : 16;
  return made;
}

void place(Netlist &netlist, std::vector<std::string> patterns, const ExternalPort &port) {
  placeExternal(netlist, patterns, port, "top");
}

uint8_t byteAt(const std::string &image, int64_t at) { return static_cast<uint8_t>(image.at(static_cast<size_t>(at))); }

TEST(ExternalLayout, WordsComeBack) {
  for (int64_t dataBits : {64, 128, 256, 512}) {
    Netlist netlist = randomLinears();
    place(netlist, {"*"}, port(dataBits));
    const std::string image = externalImage(netlist);
    const std::vector<ExternalRegion> regions = externalRegions(netlist);
    ASSERT_EQ(netlist.external.instances, (std::vector<int>{0, 2, 3})); // a norm is no linear
    int64_t end = 0;
    for (const ExternalRegion &region : regions) {
      EXPECT_EQ(region.base % 4096, 0);
      EXPECT_GE(region.base, end);
      end = region.base + region.beats * dataBits / 8;
      EXPECT_EQ(externalWords(region, image),
                netlist.instances[static_cast<size_t>(region.instance)].module.words->words);
    }
    EXPECT_GE(std::ssize(image), end);
    EXPECT_EQ(std::ssize(image) % 4096, 0);
  }
}

TEST(ExternalLayout, ScalesShareABeat) { // 136 bits: 128 of elements, and 8, of which 16 make a beat of 128
  Netlist netlist;
  netlist.instances = {randomLinear("up", 136, 32, 1)};
  place(netlist, {"up"}, port(128));
  const ExternalRegion region = externalRegions(netlist).at(0);
  EXPECT_EQ(region.packing.lowBits, 128);
  EXPECT_EQ(region.beats, 34);
  EXPECT_EQ(externalBytesOfRow(netlist), 34 * 16);
  const std::string image = externalImage(netlist);
  for (int64_t w : {0, 1, 15, 16, 31}) {
    const std::string &word = netlist.instances[0].module.words->words[static_cast<size_t>(w)];
    const int64_t group = w / 16 * 17 * 16; // bytes in front of the group's beat of scales
    EXPECT_EQ(fmt::format("{:02x}", byteAt(image, group + w % 16)), word.substr(0, 2)) << w;
    for (int64_t b = 0; b < 16; ++b) // elements, lowest byte first
      EXPECT_EQ(fmt::format("{:02x}", byteAt(image, group + 16 + w % 16 * 16 + b)),
                word.substr(static_cast<size_t>(34 - 2 - 2 * b), 2));
  }
}

TEST(ExternalLayout, PaddingIsLittle) {
  struct Case {
    int64_t word, data, words, beats;
  };
  for (const Case &c : {Case{136, 64, 64, 136},
                        {136, 256, 64, 34},
                        {136, 512, 64, 17},
                        {264, 128, 64, 132},
                        {264, 512, 64, 33},
                        {544, 128, 64, 272},
                        {544, 512, 64, 68},
                        {128, 128, 7, 7},
                        {5, 64, 24, 2}})
    EXPECT_EQ(packingOf(c.word, c.words, c.data).beats(c.words), c.beats) << c.word << " in " << c.data;
}

TEST(ExternalLayout, WhatDoesNotFitIsRefused) {
  const auto placed = [](std::vector<std::string> patterns, const ExternalPort &port) {
    return [patterns = std::move(patterns), port] {
      Netlist netlist = randomLinears();
      place(netlist, patterns, port);
    };
  };
  EXPECT_THAT(placed({"*.mlp.*", "*norm"}, port(128)),
              ThrowsMessage<InputError>(HasSubstr("--external *norm: fits no linear of the model (such names as "
                                                  "'layers.0.mlp.up' are meant, or '*' and '?' in them)")));
  EXPECT_THAT(placed({"head"}, port(96)),
              ThrowsMessage<InputError>(HasSubstr("a port of 96 bits (64, 128, 256 or 512 would be one)")));
  ExternalPort wrong = port(512);
  wrong.burst = 128;
  EXPECT_THAT(placed({"head"}, wrong), ThrowsMessage<InputError>(HasSubstr(
                                           "bursts of 128 beats of 64 bytes (a power of two, at most 256 beats")));
  wrong = port(128);
  wrong.depth = 31;
  EXPECT_THAT(placed({"head"}, wrong),
              ThrowsMessage<InputError>(HasSubstr("room for 31 beats a linear (two bursts are 32)")));
  Netlist netlist = randomLinears();
  place(netlist, {"head"}, port(128));
  EXPECT_THAT([&] { externalWords(externalRegions(netlist).at(0), "short"); },
              ThrowsMessage<InputError>(HasSubstr("external memory: its image ends before byte 32 (emit")));
}

TEST(ExternalLayout, PackagingDeclaresTheInterface) {
  EXPECT_THAT(packagingScript("top", "model", true), HasSubstr("interface:aximm_rtl:1.0"));
  EXPECT_THAT(packagingScript("top", "model"), Not(HasSubstr("aximm")));
}

/// A memory whose other side is the test.
struct Memory : testing::Test {
  uint8_t reset = 0, addressReady = 0, data[16] = {}, response = 0, last = 0, valid = 0;
  uint8_t addressValid = 0, address[8] = {}, length = 0, ready = 1;
  std::string image;

  Memory() {
    for (int i = 0; i < 4096; ++i)
      image += static_cast<char>(i / 16);
  }
  MemoryModel model(const MemoryTiming &timing) {
    const AxiReadPort port = {.reset = {&reset, 1},
                              .addressReady = {&addressReady, 1},
                              .data = {data, 16},
                              .response = {&response, 1},
                              .last = {&last, 1},
                              .valid = {&valid, 1},
                              .addressValid = {&addressValid, 1},
                              .address = {address, 8},
                              .length = {&length, 1},
                              .ready = {&ready, 1}};
    return {port, timing, image, false, 1};
  }
  void ask(int at, int beats) {
    addressValid = 1;
    address[0] = static_cast<uint8_t>(at), address[1] = static_cast<uint8_t>(at >> 8);
    length = static_cast<uint8_t>(beats - 1);
  }
};

TEST_F(Memory, BurstsComeAfterTheirLatencyAtItsBandwidth) {
  MemoryModel memory = model({10, 4}); // a quarter of the port
  memory.step();
  ask(32, 3);
  memory.step(); // cycle 1: it is taken
  EXPECT_EQ(addressReady, 1);
  addressValid = 0;
  std::vector<int> cycles;
  for (int cycle = 2; cycle < 40; ++cycle) {
    memory.step();
    if (valid == 0)
      continue;
    cycles.push_back(cycle);
    EXPECT_EQ(data[0], 2 + static_cast<int>(cycles.size()) - 1);
    EXPECT_EQ(last, cycles.size() == 3 ? 1 : 0);
    EXPECT_EQ(response, 0);
  }
  // Idle, it is a cycle ahead.
  EXPECT_EQ(cycles, (std::vector<int>{11, 14, 18}));
  EXPECT_EQ(memory.beats(), 3);
  EXPECT_EQ(memory.outstanding(), 0);
}

TEST_F(Memory, BeyondItsEndIsAnError) {
  MemoryModel memory = model({1, 16});
  memory.step();
  ask(4096, 1);
  memory.step();
  addressValid = 0;
  memory.step();
  EXPECT_EQ(valid, 1);
  EXPECT_EQ(response, 3);
}

TEST_F(Memory, RulesThatAreBrokenAreSaid) {
  const auto saysOf = [&](const auto &second) {
    MemoryModel memory = model({1, 16});
    ask(64, 2);
    memory.step(); // it is not taken in the first cycle
    second();
    memory.step();
  };
  EXPECT_THAT([&] { saysOf([&] { ask(128, 2); }); },
              ThrowsMessage<CheckError>(HasSubstr("the port changes address 40 before it is taken")));
  EXPECT_THAT([&] { saysOf([&] { addressValid = 0; }); },
              ThrowsMessage<CheckError>(HasSubstr("the port takes address 40 back before it is taken")));
  EXPECT_THAT([&] { saysOf([&] { ask(4080, 2); }); },
              ThrowsMessage<CheckError>(HasSubstr("the port asks for a burst that crosses 4 KiB, at address ff0")));
  saysOf([] {});
}

} // namespace
} // namespace mase
