# Group-sequential bounds of R rpact, one-sided 0.025, as it prints them and with a root tolerance of 1e-10; the output
# stands beside it.  Run:  Rscript bounds_rpact.R > bounds_rpact.txt
suppressMessages(library(rpact))
cat("#", R.version.string, "rpact", as.character(packageVersion("rpact")), "\n")
show <- function(name, ...) {
  for (tolerance in c(1e-8, 1e-10)) {
    found <- getDesignGroupSequential(alpha = 0.025, sided = 1, tolerance = tolerance, ...)$criticalValues
    cat(name, if (tolerance == 1e-8) "printed" else "tight", format(found, digits = 12), "\n")
  }
}
for (looks in 2:5) for (type in c("OF", "P", "asOF", "asP"))
  show(paste(type, looks), kMax = looks, typeOfDesign = type)
show("asOF 0.4", kMax = 2, informationRates = c(0.4, 1), typeOfDesign = "asOF")
