// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/hardware/device.h"
#include "mase/ops/registry.h"

#include <fmt/format.h>

namespace mase::cli {

void addLists(CLI::App &app) {
  CLI::App *ops = addCommand(app, "ops", "The operators there are", {"mase ops", "mase ops --json"});
  auto opsJson = std::make_shared<bool>();
  ops->add_flag("--json", *opsJson, "One JSON object");
  ops->callback([opsJson] {
    Json list = Json::array();
    for (const OperatorEntry &entry : operators()) {
      list.push_back({{"name", entry.name}, {"summary", entry.summary}});
      if (!*opsJson)
        fmt::print("{:<14} {}\n", entry.name, entry.summary);
    }
    if (*opsJson)
      print({{"ops", list}});
  });

  CLI::App *devices = addCommand(app, "devices", "The devices there are", {"mase devices", "mase devices --json"});
  auto devicesJson = std::make_shared<bool>();
  devices->add_flag("--json", *devicesJson, "One JSON object");
  devices->callback([devicesJson] {
    Json list = Json::array();
    for (const Device &device : listDevices()) {
      const Area &has = device.resources;
      list.push_back({{"name", device.name},
                      {"part", device.part},
                      {"lut", has.lut},
                      {"dsp", has.dsp},
                      {"bram", has.bram},
                      {"uram", has.uram}});
      if (!*devicesJson)
        fmt::print("{:<12} {:>8} LUT {:>6} DSP {:>5} BRAM36 {:>5} URAM  {}\n", device.name, has.lut, has.dsp, has.bram,
                   has.uram, device.part);
    }
    if (*devicesJson)
      print({{"devices", list}});
  });
}

} // namespace mase::cli
