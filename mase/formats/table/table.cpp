// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/table/table.h"

#include "mase/formats/block_format.h"
#include "mase/formats/float_element.h"
#include "mase/formats/table/table_element.h"
#include "mase/support/data_files.h"
#include "mase/support/error.h"
#include "mase/support/toml_document.h"

#include <set>

namespace fs = std::filesystem;

namespace mase {
namespace {

const fs::path shipped = "mase/formats/table";

std::vector<double> readValues(TomlTable &root) {
  std::vector<double> values = root.numbers("values");
  const std::string where = root.where("values");
  if (values.size() < 2 || values.size() > 256)
    fail("{}: there are {} values (2 to 256 are possible)", where, values.size());
  std::set<double> different;
  for (double &value : values) {
    if (value != 0 && (std::fabs(value) < 0x1p-60 || std::fabs(value) > 0x1p60))
      fail("{}: value {} is out of range (magnitudes from 2^-60 to 2^60, and zero)", where, value);
    if (!different.insert(value).second)
      fail("{}: value {} is there twice (each code has its own)", where, value);
  }
  if (!different.contains(0))
    fail("{}: zero is not among the values (blocks at the edge are padded with it)", where);
  return values;
}

// Multiples of the largest value's octave / 2^(bits - 1); those that fall together keep their codes apart no longer.
std::vector<double> rounded(TomlTable &root, std::vector<double> values) {
  const auto bits = static_cast<int>(root.integer("significand", 2, TableElement::maxSignificandBits));
  double largest = 0;
  for (double value : values)
    largest = std::max(largest, std::fabs(value));
  const double unit = powerOfTwo(std::ilogb(largest) - (bits - 1));
  std::set<double> different;
  for (double &value : values) {
    value = std::clamp(std::nearbyint(value / unit), 1 - std::ldexp(1, bits), std::ldexp(1, bits) - 1) * unit;
    if (!different.insert(value).second)
      fail("{}: {} bits do not tell all values apart (more are needed)", root.where("significand"), bits);
  }
  return values;
}

std::shared_ptr<const Element> readElement(TomlTable &root) {
  if (root.has("values") == root.has("exponent"))
    fail("{}: elements are either 'values' or 'exponent' and 'mantissa' (one of them)", root.where());
  if (root.has("exponent")) {
    const int64_t exponent = root.integer("exponent", 1, 6), mantissa = root.integer("mantissa", 0, 8);
    return std::make_shared<FloatElement>(static_cast<int>(exponent), static_cast<int>(mantissa));
  }
  std::vector<double> values = readValues(root);
  return std::make_shared<TableElement>(root.has("significand") ? rounded(root, std::move(values)) : values);
}

BlockShape readBlock(TomlTable &root) {
  if (!root.has("block"))
    return {};
  const std::string text = root.text("block"), name = "x:" + text;
  const std::optional<FormatName> parts = splitFormatName(name);
  if (!parts || !parts->block || !parts->scale.empty() || !parts->rounding.empty())
    fail("{}: '{}' is no block (such as \"1x32\", \"row\" or \"tensor\")", root.where("block"), text);
  return *parts->block;
}

std::unique_ptr<Format> read(const FormatName &name, const fs::path &path) {
  TomlDocument document(path);
  TomlTable root = document.root();
  const std::shared_ptr<const Element> element = readElement(root);
  BlockFormatDefaults defaults = {readBlock(root), "e8", {"e4", "e5", "e6", "e7", "e8", "fp32", "e4m3", "e4m3-row"}};
  if (root.has("scale")) {
    const std::string scale = root.text("scale");
    const auto found = std::find(defaults.scales.begin(), defaults.scales.end(), scale);
    if (found == defaults.scales.end())
      fail("{}: '{}' is no scale (e4 to e8, fp32, e4m3)", root.where("scale"), scale);
    defaults.scale = *found;
  }
  root.refuseOthers();
  return makeBlockFormat(name, std::string(name.head), element, defaults);
}

std::unique_ptr<Format> parse(const FormatName &name) {
  constexpr std::string_view prefix = "table(";
  if (!name.head.starts_with(prefix) || !name.head.ends_with(")"))
    return nullptr;
  const std::string table(name.head.substr(prefix.size(), name.head.size() - prefix.size() - 1));
  if (fs::path(table).extension() == ".toml")
    return read(name, table);
  if (const std::optional<fs::path> path = findDataFile(shipped / (table + ".toml")))
    return read(name, *path);
  fail("format '{}': there is no table '{}' (nf4, or a path to a .toml)", name.text, table);
}

} // namespace

FormatFamily tableFamily() {
  return {"table",
          "table(FILE.toml)",
          "up to 256 values of your own, or E and M of a small float, from a file: "
          "mase/formats/table/table.h",
          parse,
          [] { return std::vector<std::string>{"table(nf4)"}; },
          [] {
            return std::vector<std::string>{"table(nf4):1x32/e6", "table(nf4):row", "table(nf4):1x16/e4m3"};
          }};
}

} // namespace mase
