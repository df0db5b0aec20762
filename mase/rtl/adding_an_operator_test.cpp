// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operator of docs/adding-an-operator.md, taken from the page: its float kernel, integer model and hardware agree.
#include "mase/formats/registry.h"
#include "mase/ops/cast/bit_true.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/netlist_simulation.h"
#include "mase/rtl/process.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace mase {

std::unique_ptr<Kernel> makeNegate(const OperatorDescription &);
std::unique_ptr<BitTrueKernel> makeNegateBitTrue(const OperatorDescription &, const BitTrueFormats &);
HardwareModule negateModule(const HardwareRequest &);
extern const char *const negateSystemVerilog; // the page's

namespace {

constexpr int64_t rows = 24, cols = 64;
const OperatorDescription negate = {"negate", {}, {}, {{1, cols}}, 0};

struct Case {
  const Format &in, &out;
  BlockIntegers x = testing::edgeRows(in, rows, cols, testing::Spread::near, 3);
  BitTrueFormats formats = {{&in}, &out, nullptr};
  WideRows wide() const {
    const IntegerRows value = {&in, 1, x};
    const IntegerRows *inputs[] = {&value};
    return makeNegateBitTrue(negate, formats)->wide({inputs, {}, 0});
  }
};

TEST(AddingAnOperator, IntegersAreWhatFloatsAre) {
  const Case one = {parseFormat("mxint8"), parseFormat("mxint8")};
  const std::vector<double> exact = testing::valuesOf(one.in, one.x), got = testing::valuesOf(one.wide());
  EXPECT_TRUE(testing::keepsItsWidth(one.wide()));
  std::vector<float> x(exact.begin(), exact.end()), y(x.size());
  const TensorView input = {x.data(), 1, rows, cols, 0, cols};
  KernelCall call;
  call.inputs = {&input, 1};
  call.output = {y.data(), 1, rows, cols, 0, cols};
  makeNegate(negate)->run(call);
  for (size_t i = 0; i < y.size(); ++i)
    ASSERT_EQ(static_cast<double>(y[i]), got[i]) << i;
}

TEST(AddingAnOperator, HardwareIsTheIntegerModel) {
  if (runProcess({"verilator", "--version"}).status != 0)
    GTEST_SKIP() << "verilator is not installed";
  const TemporaryFolder folder("mase-operator");
  std::vector<std::filesystem::path> library = {folder.path() / "mase_negate.sv"};
  writeFile(library[0], negateSystemVerilog);
  for (const EmbeddedFile &file : systemVerilogLibrary) {
    writeFile(folder.path() / file.name, file.text);
    library.push_back(folder.path() / file.name);
  }
  for (const auto &[in, out] : {std::pair("mxint8", "mxint4"), {"fixed<16,8>", "mxfp8_e4m3"}}) {
    const Case one = {parseFormat(in), parseFormat(out)};
    const Netlist netlist = {{{"negate", negateModule({negate, one.formats, {4, 4, 1}}), 0}}, {}};
    const HardwareModule &module = netlist.instances[0].module;
    const VerilatedLibrary built({{module.kind, kindText(module), kindPorts(module)}}, library,
                                 defaultVerilatorCache());
    const HardwarePort &result = module.results[0];
    std::vector<Beat> want, got;
    for (const std::string &beat : edgeBeats(one.out, castRows(one.out, one.wide()), 4))
      want.push_back(beatOf(beat, result.bits()));
    NetlistSimulation simulation(netlist, built, {true, 5}, [&](int, size_t, const uint8_t *beat) {
      got.emplace_back(beat, beat + want[0].size());
    });
    for (const std::string &beat : edgeBeats(one.in, one.x, 4))
      simulation.feed(0, 0, beatOf(beat, module.operands[0].bits()));
    for (int cycle = 0; cycle < 20000 && got.size() < want.size(); ++cycle)
      simulation.step();
    EXPECT_EQ(got, want) << in << " -> " << out;
  }
}

} // namespace
} // namespace mase
