# Adjuvant levamisole and fluorouracil for colon cancer (Moertel et al., Ann Intern Med 1995;122:321-6): the data of two
# arms as they come with R survival, and what its coxph says.  Run:  Rscript colon.R > colon.txt
suppressMessages(library(survival))
cat("#", R.version.string, "survival", as.character(packageVersion("survival")), "\n")
two <- subset(colon, rx != "Lev"); two$arm <- as.integer(two$rx == "Lev+5FU")
for (event in 1:2) {
  name <- c("recurrence", "death")[event]
  own <- two[two$etype == event, ]
  found <- summary(coxph(Surv(time, status) ~ arm, own))$coefficients
  cat("!", name, format(found[, "exp(coef)"], digits = 10), format(found[, "coef"], digits = 10),
      format(found[, "se(coef)"], digits = 10), "\n")
  # arm, then days, + where censored
  for (arm in 1:0) {
    rows <- own[own$arm == arm, ]
    writeLines(strwrap(paste(c(name, arm, paste0(rows$time, ifelse(rows$status == 1, "", "+"))), collapse = " "), 118,
                       exdent = 2))
  }
}
