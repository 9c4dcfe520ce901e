" Names that imgslim takes for Dockerfiles and Neovim does not.
autocmd BufNewFile,BufRead *.dockerfile,*.Containerfile,*.containerfile setfiletype dockerfile
