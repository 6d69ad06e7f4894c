#ifndef VITALS_MODEL_NAMES_H_
#define VITALS_MODEL_NAMES_H_

#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

/// \file
/// The Prometheus data model's rules for names (prometheus.io, "Data model").

VITALS_NAMESPACE_BEGIN

/// OK for [a-zA-Z_:][a-zA-Z0-9_:]*, else InvalidArgument that shows the name and its first bad
/// character.
VITALS_EXPORT absl::Status ValidateMetricName(std::string_view name);

/// OK for [a-zA-Z_][a-zA-Z0-9_]* not starting with "__", else InvalidArgument likewise.
VITALS_EXPORT absl::Status ValidateLabelName(std::string_view name);

/// Whether ValidateLabelName() is OK, for who must not allocate.
VITALS_EXPORT bool IsValidLabelName(std::string_view name) noexcept;

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_NAMES_H_
