#ifndef VITALS_API_HEALTH_ROUTES_H_
#define VITALS_API_HEALTH_ROUTES_H_

#include <memory>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"
#include "vitals/net/http_router.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// Adds the pages of health, all of them JSON:
///
///     /livez                   {"status":"healthy"}, as long as the process serves
///     /health                  all components taken together
///     /readyz                  those of the group "ready"
///     /health/{component}      a component, or those below the name
///     /api/v1/health/history   transitions, newest first
///
/// They show what `monitor` knows, and never run a check. A process without a monitor (null) is
/// healthy, and has neither components nor transitions. Nothing may be cached (`Cache-Control:
/// no-store`).
///
/// They answer 200 for healthy and degraded, 503 for unhealthy and for what is not yet known.
///
/// /health and /readyz show {"status":...,"reason":...}, without the reason when healthy, and with
/// `verbose` also `components`, an object by name. A component has status, reason (unless empty),
/// critical, flapping, since, age_seconds (of its last result; without one, since it was added),
/// consecutive_failures and last_result (unless there is none) with status, outcome, reason, time
/// and duration_seconds: see ComponentReport. /health/{component} shows the same where there are
/// components below the name; else what the component has, and with `verbose` also `results`, the
/// latest, newest first. Times are RFC 3339, in UTC.
///
/// These three take the fields
///
///   - `verbose`, alone, or 1, true, 0 or false;
///   - `exclude`, a component that is left out together with those below it, up to 32 times; a name
///     that is not there is no error;
///   - `group`, of /health alone. A group that no component is in is not found, but for "ready" and
///     "live", which are then healthy.
///
/// Who likes application/health+json (draft-inadarei-api-health-check-06) at least as much as
/// application/json, by the header Accept, is shown that: status (pass, warn, fail; what is not yet
/// known fails), output, and checks, an array of one for each component, with its componentId,
/// componentType, status, output, time of the last result, and the duration of the check as
/// observedValue in s.
///
/// History takes `component` (it and those below it), `start` and `end` (seconds since 1970, or RFC
/// 3339), and `limit` (to 100,000; else 100), and answers in the envelope of Prometheus's HTTP API.
/// Each transition has sequence, component, from, to, reason (unless empty), critical, flapping,
/// consecutive_failures and time: see HealthTransition.
///
/// Errors are {"status":"error","errorType":...,"error":...}: bad_data (400) names the field, and
/// so it does where there is no such field; not_found (404). /livez reads no query.
///
/// Short answers are given on the thread that serves the sockets, so that no slow reader holds up a
/// probe: /livez, which does not ask the monitor, and the others without `verbose` and
/// application/health+json. These take as long as HealthMonitor::status() while all is healthy, and
/// as Report() else. Long answers, and history, go to a worker: some 300 bytes and 1 us for each
/// component.
///
/// AlreadyExists when a path is taken.
VITALS_EXPORT absl::Status AddHealthRoutes(std::shared_ptr<const HealthMonitor> monitor,
                                           net::HttpRouter& router);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_API_HEALTH_ROUTES_H_
