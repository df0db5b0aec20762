// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/device.h"

#include "mase/support/data_files.h"
#include "mase/support/error.h"
#include "mase/support/nearest_name.h"
#include "mase/support/toml_document.h"

#include <algorithm>
#include <set>

namespace fs = std::filesystem;

namespace mase {
namespace {

constexpr int64_t kMostOfAResource = 1'000'000'000;

std::vector<std::string> deviceNames() {
  std::set<std::string> names;
  for (const fs::path &root : dataRoots()) {
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(root / "devices", error))
      if (entry.path().extension() == ".toml")
        names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

} // namespace

Device readDevice(const fs::path &path) {
  TomlDocument document(path);
  TomlTable root = document.root();
  Device device;
  device.name = root.text("name");
  if (device.name != path.stem().string())
    fail("{}: device '{}' stands in a file of another name (would be {}.toml)", root.where("name"), device.name,
         device.name);
  device.part = root.text("part");
  device.family = root.text("family");
  device.source = root.text("source");
  device.clockMhz = root.number("clock_mhz");
  if (device.clockMhz <= 0)
    fail("{}: clock_mhz {} is not positive", root.where("clock_mhz"), device.clockMhz);
  TomlTable resources = root.table("resources");
  device.resources.lut = resources.integer("lut", 1, kMostOfAResource);
  device.resources.ff = resources.integer("ff", 1, kMostOfAResource);
  device.resources.dsp = resources.integer("dsp", 0, kMostOfAResource);
  device.resources.bram = resources.integer("bram36", 0, kMostOfAResource);
  device.resources.uram = resources.integer("uram", 0, kMostOfAResource);
  resources.refuseOthers();
  root.refuseOthers();
  return device;
}

Device loadDevice(const std::string &nameOrPath) {
  if (fs::path(nameOrPath).extension() == ".toml")
    return readDevice(nameOrPath);
  if (std::optional<fs::path> path = findDataFile(fs::path("devices") / (nameOrPath + ".toml")))
    return readDevice(*path);
  fail("device '{}' does not exist ({}, or a path to a .toml)", nameOrPath, nameHint(nameOrPath, deviceNames()));
}

std::vector<Device> listDevices() {
  std::vector<Device> devices;
  for (const std::string &name : deviceNames())
    devices.push_back(loadDevice(name));
  return devices;
}

Area budgetOf(const Device &device, double share) {
  if (!(share > 0 && share <= 1))
    fail("share {} of device '{}' is not in (0, 1]", share, device.name);
  auto part = [share](int64_t count) { return static_cast<int64_t>(static_cast<double>(count) * share); };
  const Area &all = device.resources;
  return {part(all.lut), part(all.ff), part(all.dsp), part(all.bram), part(all.uram)};
}

} // namespace mase
