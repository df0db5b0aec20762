// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an operator is in hardware: the module of the library that computes it, its parameters, its streams.
///
/// The level-4 counterpart of bit_true_operator.h, in the same folders: an operator's entry turns its description, the
/// formats around it and a tile into a HardwareModule, and whoever joins modules to a model (mase/rtl/netlist.h) asks
/// no further. Paragraphs S1 to S15 of docs/streams.md say what the streams hold. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/bit_true_operator.h"
#include "mase/ops/edge/edge_hardware.h"
#include "mase/ops/module_timing.h"

#include <optional>

namespace mase {

/// How parallel an operator is: elements of an input beat and of an output beat (S1); the keys that attention takes
/// side by side; whether a linear multiplies in DSP slices; whether a cache lies in UltraRAM.
struct HardwareTile {
  int in = 1, out = 1;
  int keys = 1;
  bool dsp = false, ultraRam = false;
  bool operator==(const HardwareTile &) const = default;
};

/// A stream of rows at a port: `<name>_data_i`, `<name>_valid_i`, `<name>_ready_o`, or an output's reverse.
struct HardwarePort {
  std::string name;
  int64_t dataBits = 0, scaleBits = 0; // of a beat: elements, and above them scales (0: a static scale)
  const Format *format = nullptr;      // null: no elements of a format (ids, sums)
  int64_t tile = 1;                    // elements a beat
  int64_t features = 0;                // elements a row; -1: of a row of scores, which grows
  bool scalePort = false;              // the module has a port of scales, though there are none
  bool isAxis = false;                 // an AXI4-Stream: data with tuser and tlast above
  int64_t bits() const { return dataBits + scaleBits; }
};

/// What a module takes beside rows, once for each token: the results of mase_control, in this order (S14).
enum class ControlStream {
  ids,       ///< the token's id
  positions, ///< its position
  rows,      ///< two bits: first and last row of a sequence
  keep,      ///< tuser: whether an output is wanted for it; of a classifier the type of the token
};
struct HardwareControl {
  HardwarePort port;
  ControlStream stream = ControlStream::rows;
};

/// Words that a module takes in order, all of them for each row, from a memory beside it (S3).
struct HardwareWords {
  std::string port; // "w"
  int64_t bits = 0;
  std::vector<std::string> words; // hexadecimal
  int64_t count = 0;              // of them, where they are left out; 0: they come from another instance
  int64_t depth() const { return words.empty() ? count : static_cast<int64_t>(words.size()); }
};
/// A memory inside the module: a parameter names its file.
struct HardwareFile {
  std::string parameter; // "File"
  std::vector<std::string> words;
  int64_t bits = 0, count = 0; // as of HardwareWords
  int ports = 1;               // words that are read in the same cycle
  int64_t depth() const { return words.empty() ? count : static_cast<int64_t>(words.size()); }
};
/// A port that is tied to a constant of the model: no part of what a module is.
struct HardwareConstant {
  std::string port;
  int64_t bits = 0, value = 0;
};

/// A port that is no stream: the module's own, as it is.
struct HardwareWire {
  std::string name;
  int64_t bits = 1;
  bool isInput = true;
};

/// An output that is no stream.
struct HardwareOutput {
  std::string port;
  int64_t bits = 1;
};

struct HardwareModule {
  std::string module; // of the library: "mase_add"
  std::string kind;   // a readable name of module and parameters: "add_128_mxint8_mxint8_mxint12_t4"
  ModuleParameters parameters;
  std::vector<HardwarePort> operands; // in the operator's order
  std::vector<HardwareControl> control;
  std::vector<HardwarePort> results; // one, but of plumbing
  std::optional<HardwareWords> words;
  std::optional<HardwareFile> file;
  /// The words of `file` in order, at a port, for another instance's `words`: as a memory beside that would give them.
  std::optional<HardwareWords> gives;
  const Format *weight = nullptr; // of a matrix in `words`; else null
  std::vector<HardwareConstant> constants;
  std::vector<std::string> flags;       // outputs of one bit
  std::vector<HardwareOutput> observed; // further ones, of a top level alone: whoever simulates it looks at them
  std::vector<HardwareWire> wires;
  /// Rows that stay inside while the first of them waits for its result: what a path beside the module must hold.
  int64_t rowsInside = 0;
  /// The same of each operand, where they differ (attention that sees whole sequences); empty: rowsInside of all.
  std::vector<int64_t> rowsTaken;
  int64_t rowsTakenOf(size_t input) const { return input < rowsTaken.size() ? rowsTaken[input] : rowsInside; }
  ModuleTiming timing;
};

/// An operator whose words hold what another one looks up: a head that is tied to its embedding.
struct TiedHead {
  const OperatorDescription *op = nullptr;
  BitTrueFormats formats;
};

struct HardwareRequest {
  const OperatorDescription &op;
  const BitTrueFormats &formats; // output null: the result stays wide
  HardwareTile tile;
  /// false: what the module is, without what its memories and ports of constants hold, for whoever weighs many tiles.
  bool contents = true;
  /// The table lies in this one's words, and nowhere else: the module gives them to it. `tile` is its tile then; what
  /// the words are is left to whoever makes it.
  const TiedHead *head = nullptr;
};

struct HardwareEntry {
  std::string_view name; // the folder
  /// Errors  InputError when no hardware computes the operator in these formats or at this tile.
  HardwareModule (*make)(const HardwareRequest &) = nullptr; // null: the result is the operand, if need be cast
  /// The tiles that it has with at most so many products (or lanes) a cycle, the smallest sensible ones first. Some may
  /// have no hardware in some formats: make() says so. Null: the tiles of S1, the same on all ports.
  std::vector<HardwareTile> (*tiles)(const OperatorDescription &, int64_t most) = nullptr;
  /// Cycles that a row takes; of attention, whose rows grow, the mean row of a full context. Null: a beat a cycle.
  int64_t (*cycles)(const OperatorDescription &, const HardwareTile &) = nullptr;
  /// Whether the words of another operator hold what this one looks up, bit by bit (HardwareRequest::head). Null:
  /// never.
  bool (*readsWordsOf)(const OperatorDescription &, const BitTrueFormats &, const TiedHead &) = nullptr;
};

/// The operators that have hardware. One line each in hardware_registry.cpp.
const std::vector<HardwareEntry> &hardwareOperators();
const HardwareEntry *findHardware(std::string_view name);
/// Errors  InputError when there is none.
const HardwareEntry &hardwareEntry(std::string_view name);

/// As the operator's entry says. Errors  InputError when it has none.
constexpr int64_t anyTile = int64_t{1} << 40;
std::vector<HardwareTile> hardwareTiles(const OperatorDescription &op, int64_t most = anyTile);
int64_t hardwareCycles(const OperatorDescription &op, const HardwareTile &tile);
/// The first of its tiles that takes a row in so many cycles, or the last there is.
HardwareTile smallestTile(const OperatorDescription &op, int64_t interval);
/// The position that stands for all of a sequence: the mean of a full context, or the last where every row sees all.
int64_t meanPosition(const OperatorDescription &op);

/// The tiles that S1 allows for so many features, up to `most`, ascending.
std::vector<int> tileSizes(int64_t features, int64_t most = anyTile);

/// Without stalls (S4 to S13): the cycles in which rows at a position follow each other, and those of one alone from
/// its first beat in to its last beat out.
struct RowCycles {
  int64_t interval = 0, latency = 0;
};
/// `otherwise`: the interval of a module that says no timing; its latency is close to that of any of one row.
RowCycles rowCycles(const HardwareModule &module, int64_t position, int64_t otherwise);

/// The module that brings rows from one format to another (O2): between an edge and a reader that asks for another.
HardwareModule castModule(const Format &from, const Format &to, int64_t features, int64_t tile);

/// A module with one stream in, x, and one out, y, that takes a beat a cycle and has the parameters of mase_edge_decode
/// and mase_edge_cast: its latency is a cycle and the cast's, unless `timing` is changed.
/// what  begins the kind's name
HardwareModule unaryModule(const HardwareRequest &request, const std::string &module, const std::string &what,
                           const ModuleParameters &more = {});

/// The control stream of rows at a port of that name.
HardwareControl rowControl(const std::string &name);

/// A port of an edge's rows.
HardwarePort edgePort(const std::string &name, const Format &format, int64_t features, int64_t tile);

/// Letters, digits and underscores of a format's name: "bmf<4,3>" gives "bmf4_3".
std::string formatIdentifier(const Format &format);

} // namespace mase
