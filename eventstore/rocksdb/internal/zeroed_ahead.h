#pragma once

#include <cstdint>
#include <memory>

#include "rocksdb/file_system.h"

namespace apdr::eventstore {

// A file system whose write-ahead logs (*.log) are written over zeros: before an append would grow
// the file, the next piece of it is filled. A sync then writes the bytes of the append and nothing
// about the file, neither its length nor which blocks are its own: one write to the disk instead of
// two or more. docs/adr/0021-the-log-is-written-over-zeros.md.
//
// A log that was not closed (kill, power loss) ends in zeros, which recovery reads as the end of
// the log; one that was closed has its own length. What is durable, and when, is as without: zeros
// promise nothing, every append is still followed by its sync. Where they cannot be written (no
// space, a file system without random writes) the file grows with every append.
// Thread-safe as the file system below; a file, as every writable file, for one thread at a time.
[[nodiscard]] std::shared_ptr<rocksdb::FileSystem> ZeroLogsAhead(
    std::shared_ptr<rocksdb::FileSystem> file_system);

// What is filled at a time, in bytes: a fraction of a millisecond, once in hundreds of commands.
inline constexpr std::uint64_t kZeroedAtATime = 256 * 1024;

}  // namespace apdr::eventstore
