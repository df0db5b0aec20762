// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tiny LLaMA that reads some of its weights over AXI4, in Verilator: its modules each alone and its top level beside
// the integer model, and the predicted cycles. The memory is C++ (memory_model.h).
#include "mase/formats/registry.h"
#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/external_layout.h"
#include "mase/rtl/model_netlist.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/process.h"
#include "mase/rtl/testing/built_netlist.h"
#include "mase/rtl/testing/random_linears.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/random.h"

#include <cstring>
#include <gmock/gmock.h>

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

namespace mase {
namespace {

using testing_netlist::build;
using testing_netlist::WrittenTop;

bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }

/// A tiny LLaMA, as rtl_model_test has it.
struct Tiny {
  Plan plan{testing_model::TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, {});
  BitTruePlan integers{plan.graph(), assignment, edges};
  Netlist onChip;

  Tiny() {
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, 256));
    onChip = modelNetlist(integers, tiles);
  }
  /// With some weights outside.
  Netlist external(const std::vector<std::string> &patterns, int64_t dataBits) const {
    Netlist netlist = onChip;
    ExternalPort port;
    port.dataBits = dataBits;
    port.burst = 16;
    port.depth = 64;
    placeExternal(netlist, patterns, port, topName("tiny"));
    return netlist;
  }
};

const Tiny &tiny() {
  static const Tiny made;
  return made;
}
/// Those of an MLP, in a layer, and of the last linear, which is in no layer: at 16 bytes a cycle they are what the
/// design waits for.
const Netlist &someOutside() {
  static const Netlist made = tiny().external({"*.layers.1.mlp.*", "lm_head"}, 128);
  return made;
}
Netlist with(Netlist netlist, const MemoryTiming &timing) {
  netlist.external.memory = timing;
  return netlist;
}

std::vector<ModelToken> sequence(std::initializer_list<int32_t> ids) {
  std::vector<ModelToken> tokens;
  for (int32_t id : ids)
    tokens.push_back({id, true, false});
  tokens.back().last = true;
  return tokens;
}
std::vector<ModelToken> twoSequences() {
  std::vector<ModelToken> tokens = sequence({3, 1, 4}), more = sequence({1, 5, 9, 2});
  tokens[1].wanted = more[0].wanted = false;
  tokens.insert(tokens.end(), more.begin(), more.end());
  return tokens;
}

struct ExternalSimulation : ::testing::Test {
  void SetUp() override {
    if (!installed("verilator", "--version"))
      GTEST_SKIP() << "verilator is not installed";
  }
  /// The emitted top level.
  static const WrittenTop &written() {
    static const WrittenTop made({"tiny", someOutside(), tiny().assignment, tiny().edges, 32, {}, {}});
    return made;
  }
  static Netlist alone(const MemoryTiming &timing) { return with({{{"top", written().top, -1}}, {}}, timing); }
};

int64_t predictedCycles(const Netlist &netlist, const std::vector<ModelToken> &tokens) {
  DataflowSimulation predicted(netlist);
  int64_t position = 0, results = 0;
  for (const ModelToken &token : tokens) {
    predicted.feed(position, token.wanted);
    position = token.last ? 0 : position + 1;
    results += token.wanted ? 1 : 0;
  }
  return predicted.runUntil(results) ? predicted.cycle() : -1;
}

TEST_F(ExternalSimulation, TheTopLevelReadsItsWeights) {
  const VerilatedLibrary whole = written().build(), parts = build(someOutside());
  ModelSimulation onChip(tiny().onChip, parts, {});
  const std::vector<int32_t> ids = onChip.run(twoSequences(), {});
  // These tokens tell two linears of a shape from each other.
  Netlist mixedUp = tiny().onChip;
  std::vector<std::string> *words[2] = {};
  for (NetInstance &instance : mixedUp.instances)
    if (instance.name == "model.layers.1.mlp.up_proj" || instance.name == "model.layers.1.mlp.gate_proj")
      words[words[0] ? 1 : 0] = &instance.module.words->words;
  std::swap(*words[0], *words[1]);
  EXPECT_NE(ModelSimulation(mixedUp, parts, {}).run(twoSequences(), {}), ids);
  for (const auto &[timing, stalled] : {std::pair(MemoryTiming{40, 16}, false), {{150, 5}, false}, {{30, 8}, true}}) {
    const Netlist design = with(someOutside(), timing), top = alone(timing);
    const SimulationStalls stalls = {stalled, 3};
    ModelSimulation stepped(design, parts, stalls), real(top, whole, stalls, written().model());
    EXPECT_EQ(real.run(twoSequences(), {}), ids);
    EXPECT_EQ(stepped.run(twoSequences(), {}), ids);
    EXPECT_FALSE(real.memoryError() || stepped.memoryError());
    if (stalled)
      continue;
    EXPECT_EQ(real.cycle(), stepped.cycle());
    EXPECT_EQ(real.memory()->beats(), stepped.memory()->beats());
    EXPECT_EQ(predictedCycles(design, twoSequences()), real.cycle());
    EXPECT_GT(real.cycle(), onChip.cycle()); // the port is what it waits for
  }
}

TEST_F(ExternalSimulation, PredictedCyclesAreThoseOfTheHardware) {
  struct Case {
    std::vector<std::string> patterns;
    int64_t dataBits;
    MemoryTiming timing;
    bool ample;
  };
  for (const Case &c : {Case{{"lm_head", "*.layers.0.self_attn.q_proj"}, 512, {100, 64}, true},
                        {{"*.layers.?.mlp.*", "*_proj"}, 256, {20, 11.5}, false}}) {
    const Netlist design = with(tiny().external(c.patterns, c.dataBits), c.timing);
    const VerilatedLibrary library = build(design);
    ModelSimulation hardware(design, library, {}), onChip(tiny().onChip, library, {});
    hardware.run(twoSequences(), {});
    onChip.run(twoSequences(), {});
    EXPECT_EQ(predictedCycles(design, twoSequences()), hardware.cycle());
    const double slower = static_cast<double>(hardware.cycle()) / static_cast<double>(onChip.cycle());
    EXPECT_EQ(slower < 1.02, c.ample) << slower;
  }
}

TEST_F(ExternalSimulation, ManySequencesBackToBack) { // every edge is the integer model's
  const Netlist design = with(someOutside(), {50, 12});
  const VerilatedLibrary library = build(design);
  ModelSimulation hardware(design, library, {true, 5});
  BitTrueSequence integers(tiny().integers);
  std::vector<ModelToken> tokens;
  for (int32_t s = 0; s < 6; ++s)
    for (int32_t t = 0; t <= s % 3; ++t)
      tokens.push_back({(s * 7 + t * 13) % 64, t % 2 == 0, t == s % 3});
  hardware.run(tokens, expectedBeats(design, tiny().integers, integers, tokens));
  EXPECT_EQ(hardware.mismatches(), 0) << hardware.firstDifference();
  EXPECT_GT(hardware.compared(), 10000);
}

TEST_F(ExternalSimulation, AResetWithBurstsOutstandingLeavesNothing) {
  const VerilatedLibrary whole = written().build(), parts = build(someOutside());
  ModelSimulation fresh(tiny().onChip, parts, {});
  const std::vector<int32_t> ids = fresh.run(sequence({5, 4}), {});
  const Netlist design = with(someOutside(), {400, 16}), top = alone({400, 16});
  for (bool stalled : {false, true}) {
    ModelSimulation stepped(design, parts, {stalled, 9}), real(top, whole, {stalled, 9}, written().model());
    for (ModelSimulation *hardware : {&stepped, &real})
      for (int prompt : {1, 2}) {
        std::vector<ModelToken> tokens(static_cast<size_t>(prompt), {7, false, false});
        tokens.back().wanted = true;
        hardware->run(tokens, {});
        EXPECT_GT(hardware->memory()->outstanding(), 0);
        hardware->reset();
        EXPECT_GT(hardware->memory()->outstanding(), 0); // they come later
        BitTrueSequence integers(tiny().integers);
        const auto expected = expectedBeats(design, tiny().integers, integers, sequence({5, 4}));
        EXPECT_EQ(hardware->run(sequence({5, 4}), hardware == &stepped ? expected : std::vector<ExpectedBeats>()), ids);
        EXPECT_EQ(hardware->mismatches(), 0) << hardware->firstDifference();
      }
  }
}

/// The port's module alone, whose words are taken at random.
struct PortAlone {
  struct Words {
    VerilatedModel::Port data, valid, ready;
    std::vector<Beat> words;
    size_t next = 0;
  };
  VerilatedModel model;
  VerilatedModel::Port clock, reset;
  MemoryModel memory;
  std::vector<Words> linears;
  Random random{11};
  int64_t compared = 0, different = 0;

  PortAlone(const Netlist &netlist, const VerilatedLibrary &library)
      : model(library.make(netlist.external.module)), clock(model.port("clk_i")), reset(model.port("rst_i")),
        memory(AxiReadPort::of(model), netlist.external.memory, externalImage(netlist), true, 5) {
    for (int i : netlist.external.instances) {
      const NetInstance &instance = netlist.instances[static_cast<size_t>(i)];
      const std::string stream = externalStream(instance);
      linears.push_back(
          {model.port(stream + "_data_o"), model.port(stream + "_valid_o"), model.port(stream + "_ready_i"), {}, 0});
      for (const std::string &word : instance.module.words->words)
        linears.back().words.push_back(beatOf(word, instance.module.words->bits));
    }
    memory.setReset(true);
    restart(3);
    memory.setReset(false);
  }
  void cycle() {
    memory.step();
    for (uint8_t level : {1, 0}) {
      *clock.data = level;
      model.eval();
    }
  }
  void restart(int cycles) {
    *reset.data = 1;
    for (Words &words : linears)
      words.next = 0, *words.ready.data = 0;
    for (int c = 0; c < cycles; ++c)
      cycle();
    *reset.data = 0;
  }
  void run(uint64_t cycles) {
    for (uint64_t c = 0; c < cycles; ++c) {
      for (Words &words : linears) {
        *words.ready.data = random.below(4) > 0 ? 1 : 0;
        if (*words.ready.data == 0 || *words.valid.data == 0)
          continue;
        const Beat &want = words.words[words.next];
        different += std::memcmp(want.data(), words.data.data, want.size()) != 0 ? 1 : 0;
        words.next = (words.next + 1) % words.words.size();
        ++compared;
      }
      cycle();
    }
  }
};

TEST_F(ExternalSimulation, AResetInAnyCycleLeavesNothing) {
  for (int64_t dataBits : {64, 512}) {
    ExternalPort external;
    external.dataBits = dataBits;
    external.burst = 4;
    external.depth = 16;
    external.outstanding = 3;
    external.memory = {37, 13};
    Netlist design = testing_netlist::randomLinears();
    placeExternal(design, std::vector<std::string>{"*"}, external, "random");
    const TemporaryFolder folder("mase-port");
    const VerilatedLibrary library({{design.external.module, externalText(design), externalPorts(design)}},
                                   testing_netlist::libraryIn(folder.path()), defaultVerilatorCache());
    PortAlone port(design, library);
    int64_t outstanding = 0;
    for (int resets = 0; resets < 200; ++resets) {
      port.run(port.random.below(300));
      outstanding += port.memory.outstanding();
      port.restart(1 + resets % 3);
    }
    EXPECT_GT(outstanding, 200); // at resets
    port.run(10000);             // all words, several times over
    EXPECT_GT(port.compared, 5000);
    EXPECT_EQ(port.different, 0);
  }
}

TEST_F(ExternalSimulation, AnErrorOfTheMemoryIsSaid) {
  const WrittenTop damaged({"tiny", someOutside(), tiny().assignment, tiny().edges, 32, {}, {}});
  const fs::path image = damaged.model() / externalFile;
  fs::resize_file(image, fs::file_size(image) / 2);
  const VerilatedLibrary whole = written().build();
  const Netlist top = alone({20, 16});
  ModelSimulation hardware(top, whole, {}, damaged.model());
  hardware.run(sequence({5}), {});
  EXPECT_TRUE(hardware.memoryError());
  EXPECT_FALSE(hardware.error()); // of the entrance
  hardware.reset();
  EXPECT_FALSE(hardware.memoryError());
  EXPECT_THAT([&] { readModel(damaged.folder.path()); },
              ThrowsMessage<InputError>(HasSubstr("external memory: its image ends before byte")));
}

TEST_F(ExternalSimulation, AFolderSaysWhatIsOutside) {
  const ModelFolder folder = readModel(written().folder.path());
  const ExternalPort &read = folder.design.netlist.external, &port = someOutside().external;
  EXPECT_EQ(read.instances, port.instances);
  EXPECT_EQ(read.module, "mase_tiny_external");
  EXPECT_EQ(std::tie(read.dataBits, read.burst, read.depth, read.outstanding, read.memory.latency),
            std::tie(port.dataBits, port.burst, port.depth, port.outstanding, port.memory.latency));
  EXPECT_EQ(read.memory.bytesPerCycle, 16);
  for (size_t i = 0; i < someOutside().instances.size(); ++i) {
    const NetInstance &instance = someOutside().instances[i];
    if (!instance.module.words)
      continue;
    EXPECT_EQ(folder.design.netlist.instances[i].module.words->words, instance.module.words->words) << instance.name;
    EXPECT_EQ(fs::exists(written().model() / wordsFile(instance)), !someOutside().isExternal(static_cast<int>(i)));
  }
}

TEST_F(ExternalSimulation, AnotherLayoutIsRefused) {
  const WrittenTop other({"tiny", someOutside(), tiny().assignment, tiny().edges, 32, {}, {}});
  const fs::path path = other.model() / "netlist.json";
  const std::string text = readTextFile(path);
  const auto says = [&](const std::string &from, const std::string &to) {
    const size_t at = text.find(from, text.find("\"external\""));
    writeFile(path, std::string(text).replace(at, from.size(), to));
    try {
      readModel(other.folder.path());
    } catch (const InputError &error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(says("\"low_bits\": ", "\"low_bits\": 1"),
              HasSubstr("its external memory has another layout than this program's (emit the design anew)"));
  EXPECT_THAT(says("\"words\": ", "\"words\": -"), HasSubstr("has a region of -"));
  EXPECT_THAT(says("\"data_bits\": 128", "\"data_bits\": 0"), HasSubstr("a port of 0 bits"));
  EXPECT_THAT(says("\"instance\": ", "\"instance\": 9000"), HasSubstr("lacks what a model needs"));
  EXPECT_EQ(says("\"external\"", "\"external\""), "");
}

TEST_F(ExternalSimulation, ToolsFindNothingToSay) {
  std::vector<std::string> lint = {"verilator", "--lint-only", "-Wall", "-DSYNTHESIS", "--top-module", topName("tiny")};
  lint.insert(lint.end(), written().files.begin(), written().files.end());
  EXPECT_EQ(runProcess(lint).output, "");
  if (installed("iverilog", "-V")) {
    std::vector<std::string> icarus = {"iverilog", "-g2012", "-t", "null", "-s", topName("tiny")};
    icarus.insert(icarus.end(), written().files.begin(), written().files.end());
    EXPECT_EQ(runProcess(icarus).output, "");
  }
  if (installed("yosys", "-V")) {
    std::string script = "read_verilog -sv " + (written().model() / "mase_tiny_external.sv").string();
    for (const fs::path &file : written().files)
      if (file.parent_path().filename() == "sv" && file.filename() != "mase_weight_memory.sv")
        script += " " + file.string();
    script += "\nhierarchy -check -top mase_tiny_external\nproc\ncheck -assert\n";
    writeFile(written().folder.path() / "check.ys", script);
    const ProcessResult result = runProcess({"yosys", "-q", "-s", written().folder.path() / "check.ys"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, "");
  }
}

} // namespace
} // namespace mase
