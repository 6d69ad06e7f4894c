#ifndef VITALS_SRC_HEALTH_COMPONENT_NAME_H_
#define VITALS_SRC_HEALTH_COMPONENT_NAME_H_

#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

/// \file
/// Names of components: see HealthMonitor.

VITALS_NAMESPACE_BEGIN
namespace health {

/// InvalidArgument, with what is wrong, for a text that is no component's name.
absl::Status ValidateComponentName(std::string_view name);

/// InvalidArgument for a text that is no group's name: a component's name of one part.
absl::Status ValidateGroupName(std::string_view name);

/// Whether `name` is `under`, or below it. All names are below "".
VITALS_EXPORT bool IsUnder(std::string_view name, std::string_view under);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_COMPONENT_NAME_H_
