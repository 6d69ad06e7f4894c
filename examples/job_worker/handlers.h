#ifndef VITALS_EXAMPLES_JOB_WORKER_HANDLERS_H_
#define VITALS_EXAMPLES_JOB_WORKER_HANDLERS_H_

#include <filesystem>
#include <memory>

#include "examples/job_worker/checksum_manifest.h"
#include "examples/job_worker/handler.h"

namespace job_worker {

/// "guestkit.inspect": tells the type of a file by its first bytes, and its size.
std::unique_ptr<Handler> MakeInspectHandler();

/// "guestkit.checksum": computes SHA-256 and compares it with the manifest. A file that does not
/// match fails its job; one that the manifest does not list is skipped. Records
/// guestkit_checksum_verifications_total{status}: success, failure, skipped.
std::unique_ptr<Handler> MakeChecksumHandler(ChecksumManifest manifest);

/// "guestkit.compress": writes `<scratch>/<path below root>.gz`.
std::unique_ptr<Handler> MakeCompressHandler(std::filesystem::path root,
                                             std::filesystem::path scratch);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_HANDLERS_H_
