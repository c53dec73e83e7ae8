-- Prints what one run of wrk measured as a line of JSON, times in milliseconds.
function done(summary, latency)
    local failed = summary.errors
    io.write(string.format('{"requests": %d, "per_second": %.1f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n', summary.requests,
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed.status,
        failed.connect + failed.read + failed.write + failed.timeout))
end

-- As wrk has it, without the connection that it opens to try the address: it may still count when the last of the real ones comes, and one
-- address may hold no more than those.
function wrk.resolve(host, service)
    wrk.addrs = wrk.lookup(host, service)
end
