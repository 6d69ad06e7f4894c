#ifndef VITALS_METRICS_INFO_H_
#define VITALS_METRICS_INFO_H_

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// Says something in labels: the version of a program, the settings of a queue. A series of it has
/// the value 1 for as long as it is there; what no longer holds is removed from its family. There
/// is nothing to record.
class Info {};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_INFO_H_
