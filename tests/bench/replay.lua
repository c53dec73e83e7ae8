-- Sends the requests of a file, each ended by 0x1e, in turn. Usage: wrk -s replay.lua <url> -- <file>
local requests, at = {}, 0

function init(args)
    local file = assert(io.open(args[1], "rb"))
    for each in file:read("*a"):gmatch("([^\30]+)\30") do requests[#requests + 1] = each end
    file:close()
end

function request()
    at = at % #requests + 1
    return requests[at]
end

dofile((debug.getinfo(1, "S").source:sub(2):match("^(.*/)") or "./") .. "report.lua")
