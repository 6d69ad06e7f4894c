#ifndef VITALS_METRICS_BUILD_INFO_H_
#define VITALS_METRICS_BUILD_INFO_H_

#include <string>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"

/// \file
/// `*_build_info`: a gauge that is always 1 and whose labels tell what runs, as Prometheus and its
/// exporters show it. Join it to other metrics with `* on (instance) group_left (version)`.

VITALS_NAMESPACE_BEGIN

/// What a program was built from. A text that is empty makes no label.
struct BuildInfo {
  std::string name;           ///< of the program, as the metric starts: "worker"
  std::string version = {};   ///< "1.4.2"
  std::string revision = {};  ///< of the version control system
  std::string branch = {};
  /// The compiler of the source that makes the BuildInfo.
#if defined(__clang__)
  std::string compiler = __VERSION__;
#else
  std::string compiler = "gcc " __VERSION__;
#endif
};

/// Shows `<name>_build_info{branch,compiler,revision,version} 1`. InvalidArgument when the name, or
/// a text, is none that the data model allows.
VITALS_EXPORT absl::Status AddBuildInfo(Registry& registry, const BuildInfo& info);

/// The build of the library itself: `vitals_build_info{compiler,version}`.
VITALS_EXPORT BuildInfo VitalsBuildInfo();

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_BUILD_INFO_H_
