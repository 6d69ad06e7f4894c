#ifndef VITALS_METRICS_GATHERER_H_
#define VITALS_METRICS_GATHERER_H_

#include "vitals/base/config.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN

/// What a page, a scrape loop or a test reads metrics from: a Registry, or a GathererGroup of
/// several.
class VITALS_EXPORT Gatherer {
 public:
  virtual ~Gatherer() = default;

  /// Reads everything into `snapshot`, replacing what it held. Several threads may gather at once,
  /// each into a snapshot of its own.
  virtual void Gather(Snapshot& snapshot) = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_GATHERER_H_
