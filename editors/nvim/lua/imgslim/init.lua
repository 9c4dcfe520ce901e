--- Start `imgslim lsp` for Dockerfiles: over `vim.lsp.config` where Neovim has it (0.11), else by hand (from 0.7 on).
local M = {}

local options = { cmd = nil, settings = nil, on_attach = nil, capabilities = nil }

--- The command of the server: the one that was set, else that of the active virtual environment, else of PATH.
--- A project's own environment is not searched unasked: opening a file must not run what lies beside it.
--- @return table|nil command and arguments; nil where there is none
function M.command()
  if options.cmd then
    return options.cmd
  end
  local environment = os.getenv("VIRTUAL_ENV")
  local candidates = { environment and (environment .. "/bin/imgslim"), "imgslim" }
  for index = 1, 2 do
    local program = candidates[index]
    if program and vim.fn.executable(program) == 1 then
      return { program, "lsp" }
    end
  end
  return nil
end

--- The folder of the repository that holds a file, else the file's own; nil for a buffer that has no file.
local function root_of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == "" or name:match("^%a[%w+.-]*://") then
    return nil
  end
  local folder = vim.fn.fnamemodify(name, ":p:h")
  local found = vim.fn.finddir(".git", vim.fn.escape(folder, " ;") .. ";")
  local file = vim.fn.findfile(".git", vim.fn.escape(folder, " ;") .. ";")
  local marker = found ~= "" and found or file
  if marker == "" then
    return folder
  end
  return (vim.fn.fnamemodify(marker, ":p"):gsub("/?%.git/?$", ""))
end

--- What every version of Neovim takes to start the server.
function M.config()
  return {
    name = "imgslim",
    cmd = M.command(),
    filetypes = { "dockerfile" },
    init_options = options.settings,
    on_attach = options.on_attach,
    capabilities = options.capabilities,
  }
end

local function missing()
  vim.notify_once(
    "imgslim: no server found. Install it with: pip install 'dockerfile-imgslim[lsp]', "
      .. "or name it: require('imgslim').setup({ cmd = { '/path/to/imgslim', 'lsp' } })",
    vim.log.levels.WARN
  )
end

--- Clients by root folder, for versions of Neovim that don't keep them.
local clients = {}

--- Attach a buffer to the server of its root; the client's id, nil where there is no server.
function M.attach(buffer)
  local config = M.config()
  if not config.cmd then
    missing()
    return nil
  end
  local root = root_of(buffer)
  local key = root or ""
  local id = clients[key]
  if not id or vim.lsp.client_is_stopped(id) then
    config.root_dir = root
    id = vim.lsp.start_client(config)
    clients[key] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

--- Choose a command, capabilities and so on, then serve every Dockerfile from now on.
--- @param chosen table|nil cmd, settings, on_attach, capabilities
function M.setup(chosen)
  options = vim.tbl_extend("force", options, chosen or {})
  vim.g.imgslim_started = true
  local config = M.config()
  if config.cmd and vim.lsp.config and vim.lsp.enable then
    config.root_markers = { ".git" }
    vim.lsp.config("imgslim", config)
    vim.lsp.enable("imgslim")
    return
  end
  -- Also where there is no server: that is said when a Dockerfile is opened, not whenever Neovim starts.
  local group = vim.api.nvim_create_augroup("imgslim", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = "dockerfile",
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "dockerfile" then
      M.attach(buffer)
    end
  end
end

return M
