-- Sends the requests of a file (method, path, token and body, separated by tabs), once or repeatedly, and prints the result.
local requests, count, next, once, failed, answered = {}, 0, 0, false, 0, 0

function init(args)
  once = args[2] == 'once'
  for line in io.lines(args[1]) do
    local method, path, token, body = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
    local headers = {}
    if token ~= '' then headers['Authorization'] = 'Bearer ' .. token end
    if body ~= '' then headers['Content-Type'] = 'application/json' end
    count = count + 1
    requests[count] = wrk.format(method, path, headers, body ~= '' and body or nil)
  end
end

function request()
  next = next + 1
  -- wrk prepares more requests than it sends: the responses show when the list ends.
  return requests[(next - 1) % count + 1]
end

function response(status)
  answered = answered + 1
  if status >= 400 then
    failed = failed + 1
    if failed == 1 then io.stderr:write('status ' .. status .. '\n') end
  end
  if once and answered >= count - 64 then wrk.thread:stop() end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"p50":%f,"p99":%f,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
