#ifndef VITALS_SRC_API_HEALTH_JSON_H_
#define VITALS_SRC_API_HEALTH_JSON_H_

#include <vector>

#include "base/json_writer.h"
#include "vitals/base/config.h"
#include "vitals/model/health_report.h"

/// \file
/// Health as JSON: see AddHealthRoutes(). Each writes one object. Times are RFC 3339 in UTC, with
/// nine digits after the second, so that they sort as texts and a query can name them exactly;
/// durations are seconds. An empty reason, and a result that there is not yet, are left out.

VITALS_NAMESPACE_BEGIN
namespace api {

/// Status and reason of several components taken together.
void WriteBriefHealth(const HealthReport& report, base::JsonWriter& json);

/// The same, and `components`, each by its name.
void WriteVerboseHealth(const HealthReport& report, base::JsonWriter& json);

/// One component.
void WriteComponentHealth(const ComponentReport& component, base::JsonWriter& json);

/// The same, and `results`.
void WriteComponentHealth(const ComponentReport& component,
                          const std::vector<HealthCheckResult>& results, base::JsonWriter& json);

/// application/health+json, of draft-inadarei-api-health-check-06.
void WriteHealthJson(const HealthReport& report, base::JsonWriter& json);

void WriteTransition(const HealthTransition& transition, base::JsonWriter& json);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_HEALTH_JSON_H_
