// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Devices: what there is to spend. A device is a file `devices/NAME.toml`, not code.
///
/// Counts are those of the whole chip as its public data sheet states them (`source`); what a shell, a processor
/// interface or another design takes is the caller's to subtract, through budgetOf's share.
#pragma once

#include "mase/hardware/area.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mase {

struct Device {
  std::string name, part, family, source;
  double clockMhz = 0; // assumed unless the user gives another: place and route has the last word
  Area resources;
};

/// The device of a name (`kv260`: $MASE_DATA, the source tree or the installation, see mase/support/data_files.h),
/// or the description at a path that ends in `.toml`.
/// Errors  InputError: an unknown name (with the nearest known), or a faulty file (FILE:LINE:COLUMN).
Device loadDevice(const std::string &nameOrPath);

/// One file. Errors as loadDevice; the name within must be the file's.
Device readDevice(const std::filesystem::path &path);

/// All devices that ship with the program, sorted by name.
std::vector<Device> listDevices();

/// What a design may take: `share` of every resource, rounded down; 0 < share <= 1, else InputError.
Area budgetOf(const Device &device, double share = 1.0);

} // namespace mase
